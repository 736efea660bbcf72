"""Tests of search markers: finding and filling them, and their corner cases."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.config.space.corner_cases import corner_cases
from nnlab.config.space.declaration import hyperparameters_of
from nnlab.config.space.markers import Choice, Int, Repeat
from nnlab.config.space.search_space import PlacedMarker, fill_markers, find_markers
from nnlab.config.yaml.document import Document
from nnlab.config.yaml.parser import read_yaml

TEXT = """\
model:
  layers:
    - Dense: {units: {Int: {min_value: 8, max_value: 32, step: 8}}}
    - Repeat:
        times: {Int: {min_value: 0, max_value: 3}}
        layers:
          - Dense: {units: {Int: {min_value: 4, max_value: 8}}}
          - Dropout: {Choice: [0.1, 0.2]}
    - Dense: 1
training:
  optimizer:
    Choice:
      - adam
      - SGD: {momentum: {Float: {min_value: 0, max_value: 0.9, default: 0.5}}}
  shuffle: {Boolean: {default: true}}
"""

REPEAT = ("model", "layers", 1)


def find(text: str) -> tuple[Document, list[PlacedMarker]]:
    document, markers, issues = find_markers(read_yaml(text, "a.yaml"))
    assert issues == []
    return document, markers


def by_name(values: dict[str, Any]) -> Any:
    """Choose for each marker the given value, or its default."""
    return lambda placed: values.get(
        str(placed).partition(":")[0], placed.marker.corner_values()[0]
    )


def test_markers_are_found_outer_before_inner() -> None:
    _, markers = find(TEXT)
    assert [str(marker).partition(":")[0] for marker in markers] == [
        "model.layers.0.Dense.units",
        "model.layers.1",
        "model.layers.1.Repeat.layers.0.Dense.units",
        "model.layers.1.Repeat.layers.1.Dropout",
        "training.optimizer",
        "training.optimizer.Choice.1.SGD.momentum",
        "training.shuffle",
    ]


def test_fill_replaces_each_marker_by_a_value() -> None:
    document, _ = find(TEXT)
    values = {
        "model.layers.0.Dense.units": 16,
        "model.layers.1": 2,
        "model.layers.1.Repeat.layers.0.Dense.units": 5,
        "model.layers.1.Repeat.layers.1.Dropout": 1,
        "training.optimizer": 1,
        "training.optimizer.Choice.1.SGD.momentum": 0.25,
        "training.shuffle": False,
    }
    assert fill_markers(document, by_name(values)).tree == {
        "model": {
            "layers": [
                {"Dense": {"units": 16}},
                *2 * [{"Dense": {"units": 5}}, {"Dropout": 0.2}],
                {"Dense": 1},
            ]
        },
        "training": {"optimizer": {"SGD": {"momentum": 0.25}}, "shuffle": False},
    }


def test_zero_repetitions_remove_only_the_repeated_layers() -> None:
    document, _ = find(TEXT)
    layers = fill_markers(document, by_name({"model.layers.1": 0})).tree["model"]["layers"]
    assert layers == [{"Dense": {"units": 8}}, {"Dense": 1}]


@pytest.mark.parametrize(
    ("path", "location", "origin"),
    [
        (("model", "layers", 0, "Dense", "units"), "3:22", "model.layers.0.Dense.units"),
        (
            ("model", "layers", 1, "Dense", "units"),
            "7:28",
            "model.layers.1.Repeat.layers.0.Dense.units",
        ),
        (
            ("model", "layers", 4, "Dropout"),
            "8:32",
            "model.layers.1.Repeat.layers.1.Dropout.Choice.0",
        ),
        (
            ("model", "layers", 4, "Dropout", "rate"),
            "8:32",
            "model.layers.1.Repeat.layers.1.Dropout.Choice.0.rate",
        ),
        (("model", "layers", 5, "Dense"), "9:14", "model.layers.2.Dense"),
        (("model", "layers", 5, "Dense", "units"), "9:14", "model.layers.2.Dense.units"),
        (("training", "optimizer"), "13:9", "training.optimizer.Choice.0"),
    ],
)
def test_filled_values_are_located_where_they_were_written(
    path: tuple[str | int, ...], location: str, origin: str
) -> None:
    document, _ = find(TEXT)
    filled = fill_markers(document, by_name({"model.layers.1": 2}))
    assert str(filled.locate(path)) == f"a.yaml:{location}"
    assert ".".join(map(str, filled.origin(path))) == origin


def test_options_of_a_choice_in_long_form_are_located() -> None:
    text = "training:\n  optimizer: {Choice: {values: [sgd, adam], default: adam}}\n"
    document, (marker,) = find(text)
    assert marker.marker.corner_values() == [1, 0]
    filled = fill_markers(document, lambda placed: placed.marker.corner_values()[0])
    assert filled.tree == {"training": {"optimizer": "adam"}}
    assert str(filled.locate(("training", "optimizer"))) == "a.yaml:2:38"


def test_corner_cases_contain_every_option_and_both_bounds() -> None:
    document, markers = find(TEXT)
    trees = [fill_markers(document, case).tree for case in corner_cases(markers)]
    units = {tree["model"]["layers"][0]["Dense"]["units"] for tree in trees}
    counts = {len(tree["model"]["layers"]) for tree in trees}
    inner = {
        tree["model"]["layers"][1]["Dense"]["units"]
        for tree in trees
        if len(tree["model"]["layers"]) == 4
    }
    optimizers = [str(tree["training"]["optimizer"]) for tree in trees]
    assert units == {8, 32}
    assert counts == {2, 4, 6}  # 0, 1 and 2 repetitions: 2 show duplicate names
    assert inner == {4, 8}
    assert {
        "adam",
        *(f"{{'SGD': {{'momentum': {momentum}}}}}" for momentum in (0.5, 0.0, 0.9)),
    } == set(optimizers)
    assert {tree["training"]["shuffle"] for tree in trees} == {True, False}


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (3, [3]),
        (0, [0, 1]),
        (Int(min_value=0, max_value=10), [1, 0, 2]),
        (Int(min_value=2, max_value=3), [1, 2]),
    ],
)
def test_corner_values_of_repeat(times: Int | int, expected: list[int]) -> None:
    assert Repeat(times=times, layers=["Dense"]).corner_values() == expected


def test_invalid_markers_are_removed_and_reported() -> None:
    text = (
        "training:\n"
        "  epochs: {Int: {min_value: 9, max_value: 3}}\n"
        "  optimizer: {Choice: [adam, {SGD: {momentum: {Float: {min_value: x, max_value: 1}}}}]}\n"
        "  batch_size: {Int: {min_value: 8, max_value: 64}}\n"
    )
    document, markers, issues = find_markers(read_yaml(text, "a.yaml"))
    assert [placed.path for placed in markers] == [
        ("training", "optimizer"),
        ("training", "batch_size"),
    ]
    assert [issue.path[-1] for issue in issues] == ["min_value", "min_value"]
    assert document.tree["training"]["epochs"] is None
    assert not document.can_validate(("training", "epochs"))
    assert document.can_validate(("training", "batch_size"))


@pytest.mark.parametrize(
    "marker",
    [
        "{Int: {min_value: 1, max_value: 1}}",
        "{Int: {min_value: 8, max_value: 128, step: 8, default: 64}}",
        "{Int: {min_value: 1, max_value: 64, step: 2, sampling: log}}",
        "{Float: {min_value: 0.1, max_value: 0.9, step: 0.1}}",
        "{Float: {min_value: 1e-5, max_value: 1e-1, sampling: log}}",
        "{Float: {min_value: -1, max_value: 1}}",
        "{Choice: [null, {Adam: {learning_rate: 0.1}}, [1, 2]]}",
        "{Boolean: }",
        "{Boolean: true}",
    ],
)
def test_valid_markers(marker: str) -> None:
    assert len(find(f"key: {marker}")[1]) == 1


@pytest.mark.parametrize(
    "text", ["inputs: {Int: [1], Float: [2]}", "name: Choice", "a: [Int, Boolean]", "{}"]
)
def test_values_that_only_resemble_markers(text: str) -> None:
    assert find(text)[1] == []


def test_markers_are_dumped_as_they_were_written() -> None:
    assert Choice(values=[1, 2]).to_tree() == {"Choice": {"values": [1, 2]}}
    assert Repeat(times=2, layers=["Dense"]).to_tree() == {
        "Repeat": {"times": 2, "layers": ["Dense"]}
    }


def test_choosing_null_removes_a_layer() -> None:
    text = (
        "model:\n  layers:\n    - Dense: 4\n    - Choice: [null, {Dropout: 0.1}]\n    - Dense: 1\n"
    )
    document, _ = find(text)
    without = fill_markers(document, lambda _: 0)
    assert without.tree["model"]["layers"] == [{"Dense": 4}, {"Dense": 1}]
    assert str(without.locate(("model", "layers", 1, "Dense"))) == "a.yaml:5:14"
    assert fill_markers(document, lambda _: 1).tree["model"]["layers"][1] == {"Dropout": 0.1}


def test_null_is_kept_outside_the_layers() -> None:
    document, _ = find("training: {callbacks: [{Choice: [null, a]}]}")
    assert fill_markers(document, lambda _: 0).tree == {"training": {"callbacks": [None]}}


def test_times_may_be_a_choice_of_numbers() -> None:
    times = Choice(values=[0, 3])
    assert Repeat(times=times, layers=["Dense"]).corner_values() == [1, 0, 2]
    text = TEXT.replace("{Int: {min_value: 0, max_value: 3}}", "{Choice: [3, 0]}")
    document, _ = find(text)
    space = {parameter.name: parameter for parameter in hyperparameters_of(document)}
    assert space["model.layers.1.Repeat.times"].values == (3, 0)
    third = space["model.layers.1.Repeat[3].layers.1.Dropout"]
    assert third.conditions[0].values == (3,)
