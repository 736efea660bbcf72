"""The nodes of a Functional model: its layers, each with what feeds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from nnlab.config.diagnostics.issues import Collector, Problem, problems_error, shown
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
                f"Expected a layer and `from`, the name of its input. Received: {shown(value)}."
            )
            remedy = "Write it like `{Dense: {units: 64}, from: pixels}`."
            if value is None:
                remedy = "For a layer or none, `{Identity: {}, from: …}` lets all pass."
            raise problems_error([Problem((), message, remedy)])
        word, sources, problems = taken_apart(value)
        collector = Collector()
        collector.add(*problems)
        with collector.reading():
            layer = Layer.parse(word)
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
        word = {layer: {}} if isinstance(layer, str) else layer
        return {**word, "from": self.sources[0] if len(self.sources) == 1 else list(self.sources)}


def taken_apart(node: Mapping[Any, Any]) -> tuple[dict[Any, Any], list[str], list[Problem]]:
    """The layer of a node and the names that feed it.

    Args:
        node: A node as plain data.

    Returns:
        The node without `from`; the names, none where they cannot be read; what is wrong with them.

    Example:
        >>> taken_apart({"Dense": 8, "from": "pixels"})
        ({'Dense': 8}, ['pixels'], [])
    """
    word = {key: item for key, item in node.items() if key != _FROM}
    problems: list[Problem] = []
    came_from = node.get(_FROM)
    inside = [key for key, item in word.items() if isinstance(item, Mapping) and _FROM in item]
    if _FROM in node:
        names = came_from if isinstance(came_from, list) else [came_from]
        if names and all(isinstance(name, str) for name in names):
            return word, [str(name) for name in names], []
        message = (
            f"Expected an input or a layer, or a list of them. Received: from={shown(came_from)}."
        )
        problems.append(Problem((_FROM,), message, "Write names."))
    elif inside:
        message = f"`from` stands among the arguments of {inside[0]}."
        remedy = f"Write it beside {inside[0]}: `{{{inside[0]}: {{…}}, from: …}}`."
        problems.append(Problem((inside[0], _FROM), message, remedy, at_key=True))
        word[inside[0]] = {key: item for key, item in word[inside[0]].items() if key != _FROM}
    else:
        misspelt = next((key for key in word if nearest(str(key), [_FROM]) is not None), None)
        if misspelt is None:
            message, remedy = "Key `from` is missing.", "Add the name of its input: `from: …`."
            problems.append(Problem((_FROM,), message, remedy))
        else:
            message, remedy = f"Unknown key `{misspelt}`.", "Did you mean `from`?"
            problems.append(Problem((misspelt,), message, remedy, at_key=True))
            del word[misspelt]
    return word, [], problems
