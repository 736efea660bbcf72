"""The graph of a Functional model, as names alone.

What is dangling, unused or circular in it, and the order to build it in.
"""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from nnlab.config.diagnostics.issues import Issue
from nnlab.config.diagnostics.suggestions import format_value
from nnlab.text import did_you_mean, nearest

# At least this many inputs; every other layer takes exactly one.
MERGING_LAYERS = frozenset(
    {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"}
)
EXACTLY_TWO = frozenset({"Subtract", "Dot"})
_TWO = 2


def graph_issues(
    inputs: Iterable[str],
    sources: Mapping[str, Sequence[str] | None],
    layer_types: Mapping[str, str],
    outputs: Sequence[str] | None,
) -> list[Issue]:
    """Everything that is wrong with a graph of layers."""
    return _Graph(list(inputs), sources, layer_types, outputs).issues()


class _Graph:
    def __init__(
        self,
        inputs: list[str],
        sources: Mapping[str, Sequence[str] | None],
        layer_types: Mapping[str, str],
        outputs: Sequence[str] | None,
    ) -> None:
        self.inputs = inputs
        self.sources = {name: came_from or () for name, came_from in sources.items()}
        self.layer_types = layer_types
        self.outputs = outputs or ()
        # Where names are missing, whatever seems unused may be what they were to be.
        self.is_whole = outputs is not None and None not in sources.values()
        self.is_whole &= all(isinstance(name, str) for name in (*self.outputs, *sources, *inputs))
        self.unread = {name for name, came_from in sources.items() if came_from is None}

    def issues(self) -> list[Issue]:
        return [
            *self._names_of_two(),
            *self._dangling(),
            *self._wrong_arities(),
            *self._wrong_outputs(),
            *self._cycles(),
            *(self._unused() if self.is_whole else ()),
        ]

    def _names_of_two(self) -> Iterator[Issue]:
        for name in self.inputs:
            if name in self.sources:
                message = f"Both an input and a layer are called `{name}`."
                hint = "Give one of them another name."
                yield Issue(("layers", name), message, hint, at_key=True)

    def _dangling(self) -> Iterator[Issue]:
        for name, came_from in self.sources.items():
            others = [other for other in (*self.inputs, *self.sources) if other != name]
            for source in came_from:
                if source not in self.inputs and source not in self.sources:
                    message = f"No input or layer is called `{source}`."
                    hint = did_you_mean(source, others, "inputs and layers")
                    yield Issue(("layers", name, "from"), message, hint)

    def _wrong_arities(self) -> Iterator[Issue]:
        for name, came_from in self.sources.items():
            kind = self.layer_types.get(name)
            if kind is None or name in self.unread:
                continue
            if kind not in MERGING_LAYERS:
                wanted, fits = "exactly one input", len(came_from) == 1
                hint = "Join them first with a layer such as Add or Concatenate."
            elif kind in EXACTLY_TWO:
                wanted, fits = "exactly two inputs", len(came_from) == _TWO
                hint = "Name two."
            else:
                wanted, fits = "at least two inputs", len(came_from) >= _TWO
                hint = "Name them in a list."
            if not fits:
                received = format_value(came_from[0] if len(came_from) == 1 else list(came_from))
                message = f"{kind} takes {wanted}. Received: from={received}."
                yield Issue(("layers", name, "from"), message, hint)

    def _wrong_outputs(self) -> Iterator[Issue]:
        for position, name in enumerate(self.outputs):
            at = ("outputs", position)
            if not isinstance(name, str):
                continue  # no name: told by its type
            if name in self.outputs[:position]:
                yield Issue(at, f"Output `{name}` is named twice.", "Remove one.")
            elif name in self.inputs:
                message = f"`{name}` is an input: no layer stands between."
                yield Issue(at, message, "Name a layer.")
            elif name not in self.sources:
                hint = did_you_mean(name, self.sources, "layers")
                yield Issue(at, f"No layer is called `{name}`.", hint)

    def _cycles(self) -> Iterator[Issue]:
        order = list(self.sources)
        left = {
            name: [source for source in came_from if source not in self.inputs]
            for name, came_from in self.sources.items()
        }
        while True:
            try:
                graphlib.TopologicalSorter(left).prepare()
            except graphlib.CycleError as error:
                ring = error.args[1][:-1]
                first = ring.index(min(ring, key=order.index))
                ring = [*ring[first:], *ring[:first]]
                message = f"The layers form a cycle: {' -> '.join([*ring, ring[0]])}."
                hint = "A layer may take its input only from what is computed before it."
                yield Issue(("layers", ring[0], "from"), message, hint)
                left = {name: came_from for name, came_from in left.items() if name not in ring}
            else:
                return

    def _unused(self) -> Iterator[Issue]:
        known = [*self.inputs, *self.sources]
        used = {source for came_from in self.sources.values() for source in came_from}
        # What was meant by a misspelt name is used.
        used |= {nearest(name, known) or name for name in used if name not in known}
        meant = {nearest(name, self.sources) for name in self.outputs if name not in self.sources}
        for name in self.inputs:
            if name not in used:
                message = f"Input `{name}` feeds no layer."
                hint = "Use it in a layer's `from`, or remove it."
                yield Issue(("inputs", name), message, hint, at_key=True)
        for name in self.sources:
            if name not in used and name not in self.outputs and name not in meant:
                message = f"Nothing uses layer `{name}`."
                hint = "Take it as another layer's `from`, name it in `outputs`, or remove it."
                yield Issue(("layers", name), message, hint, at_key=True)


def build_order(sources: Mapping[str, Sequence[str]]) -> list[str]:
    """Layer names in the file's order, but each after all that it takes its input from."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name in sources and name not in ordered:
            for source in sources[name]:
                visit(source)
            ordered.append(name)

    for name in sources:
        visit(name)
    return ordered
