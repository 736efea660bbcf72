"""Tests of the schedule of Hyperband: the sizes are those of Keras Tuner."""

from __future__ import annotations

import pytest

from nnlab.config.space.hyperband import FACTOR, brackets, trials_per_round


@pytest.mark.parametrize("max_epochs", [3, 5, 9, 10, 27, 50, 81, 100, 243, 244])
def test_brackets_are_those_of_keras_tuner(max_epochs: int) -> None:
    keras_tuner = pytest.importorskip("keras_tuner")
    oracle = keras_tuner.oracles.HyperbandOracle(
        objective=keras_tuner.Objective("score", "min"), max_epochs=max_epochs, factor=FACTOR
    )
    expected = [
        [
            (oracle._get_size(bracket, rung), oracle._get_epochs(bracket, rung))
            for rung in range(bracket + 1)
        ]
        for bracket in reversed(range(oracle._get_num_brackets()))
    ]
    actual = [[(rung.trials, rung.epochs) for rung in rungs] for rungs in brackets(max_epochs)]
    assert actual == expected
    assert trials_per_round(max_epochs) == sum(trials for rungs in expected for trials, _ in rungs)


def test_brackets_of_nine_epochs() -> None:
    assert [[(rung.trials, rung.epochs) for rung in rungs] for rungs in brackets(9)] == [
        [(9, 1), (3, 3), (1, 9)],
        [(5, 3), (2, 9)],
        [(3, 9)],
    ]
    assert trials_per_round(9) == 23
