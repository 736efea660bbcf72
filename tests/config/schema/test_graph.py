"""The graph of a Functional model: nodes, issues, build order."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.config.schema.graph import Graph, Node, build_order


@pytest.mark.parametrize(
    ("sources", "order"),
    [
        ({"a": ["x"], "b": ["a"]}, ["a", "b"]),
        ({"b": ["a"], "a": ["x"]}, ["a", "b"]),
        ({"a": ["x"], "b": ["x"], "c": ["b", "a"]}, ["a", "b", "c"]),
        ({"sum": ["left", "right"], "right": ["x"], "left": ["right"]}, ["right", "left", "sum"]),
    ],
)
def test_layers_are_built_after_their_inputs(
    sources: dict[str, list[str]], order: list[str]
) -> None:
    assert build_order(sources) == order


def test_hundreds_of_layers_in_a_row() -> None:
    names = [f"layer_{number}" for number in range(400)]
    sources = dict(zip(names, [["x"], *([name] for name in names)], strict=False))
    assert build_order(dict(reversed(sources.items()))) == names
    assert Graph(["x"], sources, dict.fromkeys(names, "Dense"), [names[-1]]).issues() == []


def messages(
    inputs: list[str], sources: dict[str, list[str] | None], outputs: list[str] | None
) -> list[str]:
    return [issue.message for issue in Graph(inputs, sources, {}, outputs).issues()]


def test_unknown_and_unused_inputs_are_reported() -> None:
    assert messages(["x"], {"a": ["y"]}, ["a"]) == [
        "There is no input or layer `y`.",
        "Input `x` is not used.",
    ]


def test_valid_graph_has_no_issues() -> None:
    sources: dict[str, list[str] | None] = {"a": ["x"], "b": ["x"], "c": ["a", "b"]}
    assert messages(["x"], sources, ["c", "a"]) == []


def test_separate_cycles_are_each_reported() -> None:
    sources: dict[str, list[str] | None] = {
        "a": ["b"],
        "b": ["a"],
        "c": ["e"],
        "d": ["c"],
        "e": ["d", "x"],
    }
    assert messages(["x"], sources, ["a", "c"]) == [
        "The layers form a cycle: a -> b -> a.",
        "The layers form a cycle: c -> d -> e -> c.",
    ]


def test_layer_with_misspelled_name_counts_as_used() -> None:
    sources: dict[str, list[str] | None] = {"hidden": ["pixel"], "digit": ["hiden"]}
    assert messages(["pixels"], sources, ["digits"]) == [
        "There is no input or layer `pixel`.",
        "There is no input or layer `hiden`.",
        "There is no layer `digits`.",
    ]


@pytest.mark.parametrize(
    ("sources", "outputs"), [({"a": ["x"], "b": None}, ["a"]), ({"a": ["x"], "b": ["x"]}, None)]
)
def test_unused_layers_are_not_reported_in_incomplete_graphs(
    sources: dict[str, list[str] | None], outputs: list[str] | None
) -> None:
    assert messages(["x", "y"], sources, outputs) == []


@pytest.mark.parametrize(
    "tree",
    [
        {"Dense": {"units": 3}, "from": "x"},
        {"Concatenate": {}, "from": ["x", "y"]},
    ],
)
def test_node_survives_a_round_trip(tree: dict[str, Any]) -> None:
    assert Node.parse(tree).to_tree() == tree
    node = Node.parse(tree)
    assert Node.parse(node) is node
