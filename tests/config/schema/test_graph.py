"""Graphs of names: the order to build them in, and what stands in the way of building."""

from __future__ import annotations

import pytest

from nnlab.config.schema.graph import build_order, graph_issues


@pytest.mark.parametrize(
    ("sources", "order"),
    [
        ({"a": ["x"], "b": ["a"]}, ["a", "b"]),
        ({"b": ["a"], "a": ["x"]}, ["a", "b"]),
        ({"a": ["x"], "b": ["x"], "c": ["b", "a"]}, ["a", "b", "c"]),
        ({"sum": ["left", "right"], "right": ["x"], "left": ["right"]}, ["right", "left", "sum"]),
    ],
)
def test_layers_are_built_after_what_feeds_them(
    sources: dict[str, list[str]], order: list[str]
) -> None:
    assert build_order(sources) == order


def test_hundreds_of_layers_in_a_row_are_no_problem() -> None:
    names = [f"layer_{number}" for number in range(400)]
    sources = dict(zip(names, [["x"], *([name] for name in names)], strict=False))
    assert build_order(dict(reversed(sources.items()))) == names
    assert graph_issues(["x"], sources, dict.fromkeys(names, "Dense"), [names[-1]]) == []


def told(
    inputs: list[str], sources: dict[str, list[str] | None], outputs: list[str] | None
) -> list[str]:
    return [issue.message for issue in graph_issues(inputs, sources, {}, outputs)]


def test_a_sound_graph_has_no_problems() -> None:
    sources: dict[str, list[str] | None] = {"a": ["x"], "b": ["x"], "c": ["a", "b"]}
    assert told(["x"], sources, ["c", "a"]) == []


def test_rings_that_share_no_layer_are_told_each() -> None:
    sources: dict[str, list[str] | None] = {
        "a": ["b"],
        "b": ["a"],
        "c": ["e"],
        "d": ["c"],
        "e": ["d", "x"],
    }
    assert told(["x"], sources, ["a", "c"]) == [
        "The layers form a cycle: a -> b -> a.",
        "The layers form a cycle: c -> d -> e -> c.",
    ]


def test_what_a_misspelt_name_meant_counts_as_used() -> None:
    sources: dict[str, list[str] | None] = {"hidden": ["pixel"], "digit": ["hiden"]}
    assert told(["pixels"], sources, ["digits"]) == [
        "No input or layer is called `pixel`.",
        "No input or layer is called `hiden`.",
        "No layer is called `digits`.",
    ]


@pytest.mark.parametrize(
    ("sources", "outputs"), [({"a": ["x"], "b": None}, ["a"]), ({"a": ["x"], "b": ["x"]}, None)]
)
def test_nothing_is_called_unused_while_names_are_missing(
    sources: dict[str, list[str] | None], outputs: list[str] | None
) -> None:
    assert told(["x", "y"], sources, outputs) == []
