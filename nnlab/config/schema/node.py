"""The nodes of a Functional model: its layers, each with what feeds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from nnlab.config.diagnostics.issues import Issue, IssueCollector, issues_error
from nnlab.config.diagnostics.suggestions import format_value
from nnlab.config.vocabulary.component import Section
from nnlab.config.vocabulary.layers import Layer
from nnlab.text import nearest

_FROM = "from"


class Node(Section):
    """A layer of a Functional model, and where it takes its input.

    In YAML: `hidden: {Dense: {units: 64}, from: pixels}`.
    """

    layer: Layer
    sources: list[str]

    @classmethod
    def parse(cls, value: object) -> Node:
        """Read a node from `{Word: arguments, from: name or list of names}`."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            message = (
                "Expected a layer and `from`, the name of its input. "
                f"Received: {format_value(value)}."
            )
            hint = "Write it like `{Dense: {units: 64}, from: pixels}`."
            if value is None:
                hint = "For a layer or none, `{Identity: {}, from: …}` lets all pass."
            raise issues_error([Issue((), message, hint)])
        component, sources, issues = split_node(value)
        collector = IssueCollector()
        collector.add(*issues)
        with collector.collect():
            layer = Layer.parse(component)
        collector.raise_if_any()
        return cls.model_construct(layer=layer, sources=sources)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Nodes have a form of their own in YAML, which `parse` reads."""
        return core_schema.no_info_plain_validator_function(cls.parse)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Named only; `nnlab.config.json_schema` writes the definition."""
        return {"x-family": cls.__name__}

    def to_tree(self) -> dict[str, Any]:
        """The YAML form."""
        layer = self.layer.to_tree()
        component = {layer: {}} if isinstance(layer, str) else layer
        return {
            **component,
            "from": self.sources[0] if len(self.sources) == 1 else list(self.sources),
        }


def split_node(node: Mapping[Any, Any]) -> tuple[dict[Any, Any], list[str], list[Issue]]:
    """The layer of a node and the names that feed it."""
    component = {key: item for key, item in node.items() if key != _FROM}
    issues: list[Issue] = []
    came_from = node.get(_FROM)
    inside = [key for key, item in component.items() if isinstance(item, Mapping) and _FROM in item]
    if _FROM in node:
        names = came_from if isinstance(came_from, list) else [came_from]
        if names and all(isinstance(name, str) for name in names):
            return component, [str(name) for name in names], []
        message = (
            "Expected an input or a layer, or a list of them. "
            f"Received: from={format_value(came_from)}."
        )
        issues.append(Issue((_FROM,), message, "Write names."))
    elif inside:
        message = f"`from` stands among the arguments of {inside[0]}."
        hint = f"Write it beside {inside[0]}: `{{{inside[0]}: {{…}}, from: …}}`."
        issues.append(Issue((inside[0], _FROM), message, hint, at_key=True))
        component[inside[0]] = {
            key: item for key, item in component[inside[0]].items() if key != _FROM
        }
    else:
        misspelt = next((key for key in component if nearest(str(key), [_FROM]) is not None), None)
        if misspelt is None:
            message, hint = "Key `from` is missing.", "Add the name of its input: `from: …`."
            issues.append(Issue((_FROM,), message, hint))
        else:
            message, hint = f"Unknown key `{misspelt}`.", "Did you mean `from`?"
            issues.append(Issue((misspelt,), message, hint, at_key=True))
            del component[misspelt]
    return component, [], issues
