"""Tests of hyperparameters: names, ranges, conditions, and the size of the space."""

from __future__ import annotations

from dataclasses import asdict
from itertools import product
from typing import Any

import pytest

from nnlab.config.space.declaration import hyperparameters_of
from nnlab.config.space.hyperparameter import (
    Hyperparameter,
    format_space_size,
    marker_name,
    repetition,
    short_names,
    space_size,
)
from nnlab.config.space.search_space import find_markers
from nnlab.config.yaml.parser import read_yaml

STACK = """\
model:
  layers:
    - Dense: {units: {Int: {min_value: 8, max_value: 24, step: 8}}}
    - Repeat:
        times: {Int: {min_value: 1, max_value: 3}}
        layers:
          - Choice:
              - Dense: {units: {Choice: [4, 8]}}
              - BatchNormalization
          - Dropout: {Float: {min_value: 0.1, max_value: 0.3, step: 0.1}}
training:
  shuffle: {Boolean: {default: true}}
"""


def declare(text: str) -> dict[str, Hyperparameter]:
    document, _, issues = find_markers(read_yaml(text, "a.yaml"))
    assert issues == []
    return {hyperparameter.name: hyperparameter for hyperparameter in hyperparameters_of(document)}


def declare_marker(marker: str) -> Hyperparameter:
    return declare(f"key: {marker}")["key"]


def test_each_repetition_has_separate_hyperparameters_after_their_conditions() -> None:
    inside = "model.layers.1.Repeat[{}].layers.{}"
    assert list(declare(STACK)) == [
        "model.layers.0.Dense.units",
        "model.layers.1.Repeat.times",
        *(
            inside.format(repetition, rest)
            for repetition in (1, 2, 3)
            for rest in ("0", "0.Choice.0.Dense.units", "1.Dropout")
        ),
        "training.shuffle",
    ]


def test_conditions_name_the_depth_and_the_option() -> None:
    space = declare(STACK)
    units = space["model.layers.1.Repeat[2].layers.0.Choice.0.Dense.units"]
    assert [(condition.name, condition.values) for condition in units.conditions] == [
        ("model.layers.1.Repeat.times", (2, 3)),
        ("model.layers.1.Repeat[2].layers.0", ("Dense",)),
    ]
    # The first repetition always exists.
    assert space["model.layers.1.Repeat[1].layers.1.Dropout"].conditions == ()


def test_a_hyperparameter_is_active_if_all_conditions_hold() -> None:
    units = declare(STACK)["model.layers.1.Repeat[2].layers.0.Choice.0.Dense.units"]
    depth, layer = (condition.name for condition in units.conditions)
    assert units.is_active({depth: 2, layer: "Dense"})
    assert not units.is_active({depth: 1, layer: "Dense"})
    assert not units.is_active({depth: 3, layer: "BatchNormalization"})
    assert not units.is_active({depth: 3})


def test_size_counts_each_config_once() -> None:
    space = list(declare(STACK).values())
    points = {parameter.name: list(parameter.points()) for parameter in space}
    distinct = set()
    # Every combination of active hyperparameters.
    for depth, shuffle, units in product((1, 2, 3), (0, 1), (8, 16, 24)):
        layers = product(("Dense 4", "Dense 8", "BatchNormalization"), (0.1, 0.2, 0.3))
        for stack in product(list(layers), repeat=depth):
            distinct.add((units, shuffle, stack))
    assert points["model.layers.1.Repeat[1].layers.1.Dropout"] == [0.1, 0.2, 0.3]
    assert space_size(space) == len(distinct)


@pytest.mark.parametrize(
    ("marker", "points"),
    [
        ("{Int: {min_value: 2, max_value: 5}}", [2, 3, 4, 5]),
        ("{Int: {min_value: 8, max_value: 24, step: 8}}", [8, 16, 24]),
        ("{Int: {min_value: 1, max_value: 8, step: 2, sampling: log}}", [1, 2, 4, 8]),
        ("{Int: {min_value: 1, max_value: 3, sampling: log}}", [1, 2, 3]),
        ("{Float: {min_value: 0.1, max_value: 0.5, step: 0.1}}", [0.1, 0.2, 0.3, 0.4, 0.5]),
        (
            "{Float: {min_value: 1.0e-4, max_value: 0.1, step: 10, sampling: log}}",
            [0.0001, 0.001, 0.01, 0.1],
        ),
        (
            "{Float: {min_value: 1, max_value: 100, step: 10, sampling: reverse_log}}",
            [1.0, 91.0, 100.0],
        ),
        ("{Float: {min_value: 0.5, max_value: 0.5}}", [0.5]),
        ("{Boolean: }", [False, True]),
        ("{Choice: [relu, 3, 0.5]}", ["relu", 3, 0.5]),
    ],
)
def test_points_yields_all_values(marker: str, points: list[Any]) -> None:
    parameter = declare_marker(marker)
    assert list(parameter.points()) == points
    assert list(map(type, parameter.points())) == list(map(type, points))
    assert parameter.size == len(points)


def test_a_float_without_step_is_infinite() -> None:
    parameter = declare_marker("{Float: {min_value: 0, max_value: 1}}")
    assert parameter.size is None
    assert space_size([parameter]) is None


def test_a_huge_range_is_counted_without_listing_it() -> None:
    assert space_size([declare_marker("{Int: {min_value: 1, max_value: 1000000000000}}")]) == 10**12


@pytest.mark.parametrize(
    ("options", "values"),
    [
        ("[adam, {SGD: {momentum: 0.9}}]", ("adam", "SGD")),
        ("[null, {patience: 3}, {patience: 5}]", ("null", "patience: 3", "patience: 5")),
        ("[{Dense: 8, from: a}, {Dropout: 0.1, from: a}]", ("Dense", "Dropout")),
        ("[{Dense: 8}, {Dense: 9}]", ("Dense: 8", "Dense: 9")),
        ("[SGD, {SGD: 0.1}]", ("SGD", "SGD: 0.1")),
        ("[1, true]", ("1", "true")),
        ("[{}, {patience: 3}]", ("{}", "patience: 3")),
        ("[[64, 32], [128]]", ("[64, 32]", "[128]")),
        (
            "[{SGD: {momentum: {Float: {min_value: 0, max_value: 1}}}}, {SGD: 0.1}]",
            ("SGD: {momentum: …}", "SGD: 0.1"),
        ),
    ],
)
def test_options_are_named_by_their_differences(options: str, values: tuple[Any, ...]) -> None:
    assert declare_marker(f"{{Choice: {options}}}").values == values


@pytest.mark.parametrize(
    ("marker", "default"),
    [
        ("{Int: {min_value: 2, max_value: 5}}", 2),
        ("{Int: {min_value: 2, max_value: 5, default: 4}}", 4),
        ("{Choice: {values: [sgd, adam], default: adam}}", "adam"),
        ("{Choice: [null, 3]}", "null"),
        ("{Boolean: true}", True),
    ],
)
def test_the_default_is_the_value_tried_first(marker: str, default: Any) -> None:
    assert declare_marker(marker).default == default


@pytest.mark.parametrize(
    ("marker", "ordered"),
    [
        ("{Choice: [1, 2]}", True),
        ("{Choice: [a, b]}", False),
        ("{Choice: {values: [a, b], ordered: true}}", True),
        ("{Boolean: }", False),
    ],
)
def test_choices_of_numbers_are_ordered(marker: str, *, ordered: bool) -> None:
    assert declare_marker(marker).ordered is ordered


def test_a_fixed_number_of_repetitions_is_not_a_hyperparameter() -> None:
    text = "model: {layers: [{Repeat: {times: 2, layers: [{Dense: {Choice: [4, 8]}}]}}]}"
    assert list(declare(text)) == [
        "model.layers.0.Repeat[1].layers.0.Dense",
        "model.layers.0.Repeat[2].layers.0.Dense",
    ]


def test_hyperparameters_read_back_from_dicts() -> None:
    space = list(declare(STACK).values())
    assert [Hyperparameter.from_dict(asdict(parameter)) for parameter in space] == space


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (None, "infinitely many configs"),
        (1, "1 config"),
        (1280, "1,280 configs"),
        (5**40, "about 10^28 configs"),
    ],
)
def test_format_space_size(size: int | None, text: str) -> None:
    assert format_space_size(size) == text


REPEATED = "model.layers.1.Repeat[{}].layers.{}.Dense.units"


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["training.epochs", "data.scaling"], ["epochs", "scaling"]),
        (["model.layers.0.Dense.units"], ["units"]),
        (
            ["model.layers.0.Dense.units", "model.layers.1.Conv2D.units"],
            ["Dense.units", "Conv2D.units"],
        ),
        (
            ["model.layers.0.Dense.units", "model.layers.2.Dense.units"],
            ["0.Dense.units", "2.Dense.units"],
        ),
        (
            ["model.layers.0.Dense.units", REPEATED.format(1, 0), REPEATED.format(2, 0)],
            ["Dense.units", "Repeat.Dense.units [1]", "Repeat.Dense.units [2]"],
        ),
        (
            ["training.optimizer", "training.optimizer.Choice.1.SGD.momentum"],
            ["optimizer", "momentum"],
        ),
        (["model.layers.0", "model.layers.2"], ["layers.0", "layers.2"]),
        (
            ["model.layers.1", "model.layers.2.Repeat[3].layers.1"],
            ["layers.1", "Repeat.layers.1 [3]"],
        ),
        (["model.layers.1.Repeat.times", "model.layers.3.Repeat.times"], None),
    ],
)
def test_names_are_short_and_unique(names: list[str], short: list[str] | None) -> None:
    by_name = short_names(names)
    assert list(by_name) == names
    assert len(set(by_name.values())) == len(names)
    assert short is None or list(by_name.values()) == short


def test_marker_name_and_repetition() -> None:
    assert marker_name(REPEATED.format(2, 0)) == "model.layers.1.Repeat.layers.0.Dense.units"
    assert repetition(REPEATED.format(12, 0)) == "[12]"
    assert repetition("training.epochs") == ""
