"""The graph of a Functional model: its nodes, its checks, its build order."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from nnlab.config.diagnostics import Issue, IssueCollector, format_value, issues_error
from nnlab.config.vocabulary.component import Section
from nnlab.config.vocabulary.layers import Layer
from nnlab.text import did_you_mean, nearest

# Layers with two or more inputs; all others have one.
MERGING_LAYERS = frozenset(
    {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"}
)
_PAIR_LAYERS = frozenset({"Subtract", "Dot"})
_PAIR = 2
_FROM = "from"


class Node(Section):
    """A layer of a Functional model and its inputs: `{Dense: {units: 64}, from: pixels}`."""

    layer: Layer
    sources: list[str]

    @classmethod
    def parse(cls, value: object) -> Node:
        """Create a node from `{Class: arguments, from: name or list of names}`."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            message = (
                "Expected a layer and `from`, the name of its input. "
                f"Received: {format_value(value)}."
            )
            hint = "Write it like `{Dense: {units: 64}, from: pixels}`."
            if value is None:
                hint = "To skip a layer, use `{Identity: {}, from: …}`."
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
        """Return a validator that calls `parse`."""
        return core_schema.no_info_plain_validator_function(cls.parse)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return a reference; `nnlab.config.json_schema` adds the definition."""
        return {"x-family": cls.__name__}

    def to_tree(self) -> dict[str, Any]:
        """Return the YAML form."""
        layer = self.layer.to_tree()
        component = {layer: {}} if isinstance(layer, str) else layer
        return {
            **component,
            "from": self.sources[0] if len(self.sources) == 1 else list(self.sources),
        }


def split_node(node: Mapping[Any, Any]) -> tuple[dict[Any, Any], list[str], list[Issue]]:
    """Return the layer of a node, the names of its inputs, and issues."""
    component = {key: item for key, item in node.items() if key != _FROM}
    issues: list[Issue] = []
    sources_of = node.get(_FROM)
    inside = [key for key, item in component.items() if isinstance(item, Mapping) and _FROM in item]
    if _FROM in node:
        names = sources_of if isinstance(sources_of, list) else [sources_of]
        if names and all(isinstance(name, str) for name in names):
            return component, [str(name) for name in names], []
        message = (
            "Expected an input or a layer, or a list of them. "
            f"Received: from={format_value(sources_of)}."
        )
        issues.append(Issue((_FROM,), message, "Write names."))
    elif inside:
        message = f"`from` is among the arguments of {inside[0]}."
        hint = f"Write it next to {inside[0]}: `{{{inside[0]}: {{…}}, from: …}}`."
        issues.append(Issue((inside[0], _FROM), message, hint, at_key=True))
        component[inside[0]] = {
            key: item for key, item in component[inside[0]].items() if key != _FROM
        }
    else:
        misspelled = next(
            (key for key in component if nearest(str(key), [_FROM]) is not None), None
        )
        if misspelled is None:
            message, hint = "Key `from` is missing.", "Add the name of its input: `from: …`."
            issues.append(Issue((_FROM,), message, hint))
        else:
            message, hint = f"Unknown key `{misspelled}`.", "Did you mean `from`?"
            issues.append(Issue((misspelled,), message, hint, at_key=True))
            del component[misspelled]
    return component, [], issues


class Graph:
    """A graph of layer names, whose parts may be invalid; None for what could not be read."""

    def __init__(
        self,
        inputs: Iterable[str],
        sources: Mapping[str, Sequence[str] | None],
        layer_types: Mapping[str, str],
        outputs: Sequence[str] | None,
    ) -> None:
        self.inputs = list(inputs)
        self.sources = {name: sources_of or () for name, sources_of in sources.items()}
        self.layer_types = layer_types
        self.outputs = outputs or ()
        # With unknown names, an unused layer may just be misspelled: do not report it.
        self.is_complete = outputs is not None and None not in sources.values()
        self.is_complete &= all(
            isinstance(name, str) for name in (*self.outputs, *sources, *self.inputs)
        )
        self.unread = {name for name, sources_of in sources.items() if sources_of is None}

    def issues(self) -> list[Issue]:
        """Return all issues of the graph."""
        return [
            *self._wrong_names(),
            *self._wrong_arities(),
            *self._wrong_outputs(),
            *self._cycles(),
            *(self._unused() if self.is_complete else ()),
        ]

    def _wrong_names(self) -> Iterator[Issue]:
        for name in self.inputs:
            if name in self.sources:
                message = f"Both an input and a layer have the name `{name}`."
                hint = "Rename one of them."
                yield Issue(("layers", name), message, hint, at_key=True)
        for name, sources_of in self.sources.items():
            others = [other for other in (*self.inputs, *self.sources) if other != name]
            for source in sources_of:
                if source not in self.inputs and source not in self.sources:
                    message = f"There is no input or layer `{source}`."
                    hint = did_you_mean(source, others, "inputs and layers")
                    yield Issue(("layers", name, "from"), message, hint)

    def _wrong_arities(self) -> Iterator[Issue]:
        for name, sources_of in self.sources.items():
            kind = self.layer_types.get(name)
            if kind is None or name in self.unread:
                continue
            if kind not in MERGING_LAYERS:
                expected, is_valid = "exactly one input", len(sources_of) == 1
                hint = "Join them first with a layer such as Add or Concatenate."
            elif kind in _PAIR_LAYERS:
                expected, is_valid = "exactly two inputs", len(sources_of) == _PAIR
                hint = "List two inputs."
            else:
                expected, is_valid = "at least two inputs", len(sources_of) >= _PAIR
                hint = "Write the inputs as a list."
            if not is_valid:
                received = format_value(sources_of[0] if len(sources_of) == 1 else list(sources_of))
                message = f"{kind} takes {expected}. Received: from={received}."
                yield Issue(("layers", name, "from"), message, hint)

    def _wrong_outputs(self) -> Iterator[Issue]:
        for position, name in enumerate(self.outputs):
            at = ("outputs", position)
            if not isinstance(name, str):
                continue  # reported by its type
            if name in self.outputs[:position]:
                yield Issue(at, f"Duplicate output `{name}`.", "Remove one.")
            elif name in self.inputs:
                message = f"Output `{name}` is an input."
                yield Issue(at, message, "Write the name of a layer.")
            elif name not in self.sources:
                hint = did_you_mean(name, self.sources, "layers")
                yield Issue(at, f"There is no layer `{name}`.", hint)

    def _cycles(self) -> Iterator[Issue]:
        order = list(self.sources)
        remaining = {
            name: [source for source in sources_of if source not in self.inputs]
            for name, sources_of in self.sources.items()
        }
        while True:
            try:
                graphlib.TopologicalSorter(remaining).prepare()
            except graphlib.CycleError as error:
                cycle = error.args[1][:-1]
                first = cycle.index(min(cycle, key=order.index))
                cycle = [*cycle[first:], *cycle[:first]]
                message = f"The layers form a cycle: {' -> '.join([*cycle, cycle[0]])}."
                hint = "A layer can only use layers that are computed before it."
                yield Issue(("layers", cycle[0], "from"), message, hint)
                remaining = {
                    name: sources_of for name, sources_of in remaining.items() if name not in cycle
                }
            else:
                return

    def _unused(self) -> Iterator[Issue]:
        known = [*self.inputs, *self.sources]
        used = {source for sources_of in self.sources.values() for source in sources_of}
        # A misspelled name counts as a use of the nearest name.
        used |= {nearest(name, known) or name for name in used if name not in known}
        output_names = {
            nearest(name, self.sources) for name in self.outputs if name not in self.sources
        }
        for name in self.inputs:
            if name not in used:
                message = f"Input `{name}` is not used."
                hint = "Use it in a layer's `from`, or remove it."
                yield Issue(("inputs", name), message, hint, at_key=True)
        for name in self.sources:
            if name not in used and name not in self.outputs and name not in output_names:
                message = f"Layer `{name}` is not used."
                hint = "Use it in another layer's `from`, add it to `outputs`, or remove it."
                yield Issue(("layers", name), message, hint, at_key=True)


def build_order(sources: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the layer names in the order of the file, each after its sources."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name in sources and name not in ordered:
            for source in sources[name]:
                visit(source)
            ordered.append(name)

    for name in sources:
        visit(name)
    return ordered
