"""Tests of short names of hyperparameters."""

from __future__ import annotations

import pytest

from nnlab.config.space.hyperparameter_names import marker_name, repetition, short_names

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
