"""The graph of a Functional model, as names alone: what is dangling, unused, circular, and the order to build it in."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping, Sequence

from nnlab.config.problems import Problem, did_you_mean

# At least this many inputs; every other layer takes exactly one.
MERGING_LAYERS = frozenset(
    {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"}
)
EXACTLY_TWO = frozenset({"Subtract", "Dot"})


def graph_problems(
    inputs: Iterable[str],
    sources: Mapping[str, Sequence[str]],
    layer_types: Mapping[str, str],
    outputs: Sequence[str],
) -> list[Problem]:
    """Everything that is wrong with a graph of layers.

    Args:
        inputs: Names of the model's inputs.
        sources: For each layer, the names that it takes its input from.
        layer_types: For each layer whose type is known, that type's name (`Dense`).
        outputs: Names of the layers that the model puts out.

    Returns:
        The problems, with paths from the model down; empty for a sound graph.

    Example:
        >>> [str(p.message) for p in graph_problems(["x"], {"a": ["y"]}, {"a": "Dense"}, ["a"])]
        ['No input or layer is called `y`.', 'Input `x` feeds no layer.']
    """
    inputs = list(inputs)
    known = [*inputs, *sources]
    problems = [
        Problem(
            ("layers", name),
            f"Both an input and a layer are called `{name}`.",
            "Give one of them another name.",
            at_key=True,
        )
        for name in inputs
        if name in sources
    ]
    for name, came_from in sources.items():
        at = ("layers", name, "from")
        problems += [
            Problem(
                at,
                f"No input or layer is called `{source}`.",
                did_you_mean(
                    source, [other for other in known if other != name], "inputs and layers"
                ),
            )
            for source in came_from
            if source not in known
        ]
        problems += _arity_problems(name, layer_types.get(name), came_from)
    problems += _output_problems(outputs, sources, inputs)
    problems += _cycle_problems(sources)
    problems += _unused_problems(inputs, sources, outputs)
    return problems


def build_order(sources: Mapping[str, Sequence[str]]) -> list[str]:
    """Layer names so that each comes after all it takes its input from; otherwise in the order of the file.

    Args:
        sources: For each layer, the names that it takes its input from; sound (see `graph_problems`).

    Returns:
        Every layer once.

    Example:
        >>> build_order({"out": ["hidden"], "hidden": ["x"]})
        ['hidden', 'out']
    """
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name in sources and name not in ordered:
            for source in sources[name]:
                visit(source)
            ordered.append(name)

    for name in sources:
        visit(name)
    return ordered


def _arity_problems(name: str, layer_type: str | None, came_from: Sequence[str]) -> list[Problem]:
    at = ("layers", name, "from")
    received = f"Received: from={list(came_from)!r}."
    if layer_type is None:
        return []
    if layer_type not in MERGING_LAYERS:
        if len(came_from) == 1:
            return []
        remedy = "Join them first with a layer such as Add or Concatenate."
        return [Problem(at, f"{layer_type} takes exactly one input. {received}", remedy)]
    if layer_type in EXACTLY_TWO and len(came_from) != 2:
        return [Problem(at, f"{layer_type} takes exactly two inputs. {received}", "Name two.")]
    if len(came_from) < 2:
        return [
            Problem(
                at, f"{layer_type} takes at least two inputs. {received}", "Name them in a list."
            )
        ]
    return []


def _output_problems(
    outputs: Sequence[str], sources: Mapping[str, Sequence[str]], inputs: Sequence[str]
) -> list[Problem]:
    problems = []
    for position, name in enumerate(outputs):
        at = ("outputs", position)
        if name in outputs[:position]:
            problems.append(Problem(at, f"Output `{name}` is named twice.", "Remove one."))
        elif name in inputs:
            problems.append(
                Problem(at, f"`{name}` is an input: no layer stands between.", "Name a layer.")
            )
        elif name not in sources:
            problems.append(
                Problem(at, f"No layer is called `{name}`.", did_you_mean(name, sources, "layers"))
            )
    return problems


def _cycle_problems(sources: Mapping[str, Sequence[str]]) -> list[Problem]:
    try:
        graphlib.TopologicalSorter(sources).prepare()
    except graphlib.CycleError as error:
        ring = list(reversed(error.args[1]))
        message = f"The layers form a cycle: {' -> '.join(ring)}."
        remedy = "A layer may take its input only from what is computed before it."
        return [Problem(("layers", ring[0], "from"), message, remedy)]
    return []


def _unused_problems(
    inputs: Sequence[str], sources: Mapping[str, Sequence[str]], outputs: Sequence[str]
) -> list[Problem]:
    used = {source for came_from in sources.values() for source in came_from}
    problems = [
        Problem(
            ("inputs", name),
            f"Input `{name}` feeds no layer.",
            "Use it in a layer's `from`, or remove it.",
            at_key=True,
        )
        for name in inputs
        if name not in used
    ]
    problems += [
        Problem(
            ("layers", name),
            f"Nothing uses layer `{name}`.",
            "Take it as another layer's `from`, name it in `outputs`, or remove it.",
            at_key=True,
        )
        for name in sources
        if name not in used and name not in outputs
    ]
    return problems
