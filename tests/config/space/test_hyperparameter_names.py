"""Short names say enough, and no two are equal."""

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
def test_names_are_as_short_as_they_can_be(names: list[str], short: list[str] | None) -> None:
    found = short_names(names)
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    assert short is None or list(found.values()) == short


def test_repetitions_share_the_name_of_their_marker() -> None:
    assert marker_name(REPEATED.format(2, 0)) == "model.layers.1.Repeat.layers.0.Dense.units"
    assert repetition(REPEATED.format(12, 0)) == "[12]"
    assert repetition("training.epochs") == ""
