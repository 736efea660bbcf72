"""Search markers: what is open, what given values make of a config, what samples must cover."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.config.space.corner_cases import corner_cases
from nnlab.config.space.declaration import hyperparameters_of
from nnlab.config.space.markers import Choice, Int, Repeat
from nnlab.config.space.search_space import OpenValue, fill, find_markers
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


def found(text: str) -> tuple[Document, list[OpenValue]]:
    document, markers, issues = find_markers(read_yaml(text, "a.yaml"))
    assert issues == []
    return document, markers


def by_name(values: dict[str, Any]) -> Any:
    """A pick: for each marker the given value, or its first sample."""
    return lambda at: values.get(str(at).partition(":")[0], at.marker.samples()[0])


def test_markers_are_found_outer_before_inner() -> None:
    _, markers = found(TEXT)
    assert [str(marker).partition(":")[0] for marker in markers] == [
        "model.layers.0.Dense.units",
        "model.layers.1",
        "model.layers.1.Repeat.layers.0.Dense.units",
        "model.layers.1.Repeat.layers.1.Dropout",
        "training.optimizer",
        "training.optimizer.Choice.1.SGD.momentum",
        "training.shuffle",
    ]


def test_fill_puts_a_value_in_the_place_of_each_marker() -> None:
    document, _ = found(TEXT)
    values = {
        "model.layers.0.Dense.units": 16,
        "model.layers.1": 2,
        "model.layers.1.Repeat.layers.0.Dense.units": 5,
        "model.layers.1.Repeat.layers.1.Dropout": 1,
        "training.optimizer": 1,
        "training.optimizer.Choice.1.SGD.momentum": 0.25,
        "training.shuffle": False,
    }
    assert fill(document, by_name(values)).tree == {
        "model": {
            "layers": [
                {"Dense": {"units": 16}},
                *2 * [{"Dense": {"units": 5}}, {"Dropout": 0.2}],
                {"Dense": 1},
            ]
        },
        "training": {"optimizer": {"SGD": {"momentum": 0.25}}, "shuffle": False},
    }


def test_no_repetition_leaves_the_layers_around() -> None:
    document, _ = found(TEXT)
    layers = fill(document, by_name({"model.layers.1": 0})).tree["model"]["layers"]
    assert layers == [{"Dense": {"units": 8}}, {"Dense": 1}]


@pytest.mark.parametrize(
    ("path", "place", "origin"),
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
def test_values_know_where_they_were_written(
    path: tuple[str | int, ...], place: str, origin: str
) -> None:
    document, _ = found(TEXT)
    filled = fill(document, by_name({"model.layers.1": 2}))
    assert str(filled.locate(path)) == f"a.yaml:{place}"
    assert ".".join(map(str, filled.origin(path))) == origin


def test_a_choice_in_its_long_form_is_found_among_its_values() -> None:
    text = "training:\n  optimizer: {Choice: {values: [sgd, adam], default: adam}}\n"
    document, (marker,) = found(text)
    assert marker.marker.samples() == [1, 0]
    filled = fill(document, lambda at: at.marker.samples()[0])
    assert filled.tree == {"training": {"optimizer": "adam"}}
    assert str(filled.locate(("training", "optimizer"))) == "a.yaml:2:38"


def test_samples_put_every_option_and_both_ends_into_a_config() -> None:
    document, markers = found(TEXT)
    trees = [fill(document, pick).tree for pick in corner_cases(markers)]
    units = {tree["model"]["layers"][0]["Dense"]["units"] for tree in trees}
    counts = {len(tree["model"]["layers"]) for tree in trees}
    inner = {
        tree["model"]["layers"][1]["Dense"]["units"]
        for tree in trees
        if len(tree["model"]["layers"]) == 4
    }
    optimizers = [str(tree["training"]["optimizer"]) for tree in trees]
    assert units == {8, 32}
    assert counts == {2, 4, 6}  # none, once, twice: twice shows names that clash
    assert inner == {4, 8}
    assert {
        "adam",
        *(f"{{'SGD': {{'momentum': {momentum}}}}}" for momentum in (0.5, 0.0, 0.9)),
    } == set(optimizers)
    assert {tree["training"]["shuffle"] for tree in trees} == {True, False}


@pytest.mark.parametrize(
    ("times", "samples"),
    [
        (3, [3]),
        (0, [0, 1]),
        (Int(min_value=0, max_value=10), [1, 0, 2]),
        (Int(min_value=2, max_value=3), [1, 2]),
    ],
)
def test_an_open_repeat_is_sampled_around_one_a_plain_one_as_it_is(
    times: Int | int, samples: list[int]
) -> None:
    assert Repeat(times=times, layers=["Dense"]).samples() == samples


def test_unsound_markers_are_taken_out_and_told() -> None:
    text = (
        "training:\n"
        "  epochs: {Int: {min_value: 9, max_value: 3}}\n"
        "  optimizer: {Choice: [adam, {SGD: {momentum: {Float: {min_value: x, max_value: 1}}}}]}\n"
        "  batch_size: {Int: {min_value: 8, max_value: 64}}\n"
    )
    document, markers, issues = find_markers(read_yaml(text, "a.yaml"))
    assert [value.path for value in markers] == [
        ("training", "optimizer"),
        ("training", "batch_size"),
    ]
    assert [issue.path[-1] for issue in issues] == ["min_value", "min_value"]
    assert document.tree["training"]["epochs"] is None
    assert not document.can_judge(("training", "epochs"))
    assert document.can_judge(("training", "batch_size"))


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
def test_sound_markers(marker: str) -> None:
    assert len(found(f"key: {marker}")[1]) == 1


@pytest.mark.parametrize(
    "text", ["inputs: {Int: [1], Float: [2]}", "name: Choice", "a: [Int, Boolean]", "{}"]
)
def test_what_only_looks_like_a_marker(text: str) -> None:
    assert found(text)[1] == []


def test_a_marker_reads_as_it_is_written() -> None:
    assert Choice(values=[1, 2]).to_tree() == {"Choice": {"values": [1, 2]}}
    assert Repeat(times=2, layers=["Dense"]).to_tree() == {
        "Repeat": {"times": 2, "layers": ["Dense"]}
    }


def test_a_choice_of_a_layer_or_none_leaves_no_layer() -> None:
    text = (
        "model:\n  layers:\n    - Dense: 4\n    - Choice: [null, {Dropout: 0.1}]\n    - Dense: 1\n"
    )
    document, _ = found(text)
    without = fill(document, lambda _: 0)
    assert without.tree["model"]["layers"] == [{"Dense": 4}, {"Dense": 1}]
    assert str(without.locate(("model", "layers", 1, "Dense"))) == "a.yaml:5:14"
    assert fill(document, lambda _: 1).tree["model"]["layers"][1] == {"Dropout": 0.1}


def test_null_chosen_elsewhere_stays() -> None:
    document, _ = found("training: {callbacks: [{Choice: [null, a]}]}")
    assert fill(document, lambda _: 0).tree == {"training": {"callbacks": [None]}}


def test_times_may_be_a_choice_of_numbers() -> None:
    times = Choice(values=[0, 3])
    assert Repeat(times=times, layers=["Dense"]).samples() == [1, 0, 2]
    text = TEXT.replace("{Int: {min_value: 0, max_value: 3}}", "{Choice: [3, 0]}")
    document, _ = found(text)
    space = {one.name: one for one in hyperparameters_of(document)}
    assert space["model.layers.1.Repeat.times"].values == (3, 0)
    third = space["model.layers.1.Repeat[3].layers.1.Dropout"]
    assert third.conditions[0].values == (3,)
