"""Hyperband's brackets: the sizes are those of the oracle that proposes."""

from __future__ import annotations

import pytest

from nnlab.config.space.hyperband import FACTOR, brackets, round_size


@pytest.mark.parametrize("max_epochs", [3, 5, 9, 10, 27, 50, 81, 100, 243, 244])
def test_brackets_are_those_of_keras_tuner(max_epochs: int) -> None:
    keras_tuner = pytest.importorskip("keras_tuner")
    oracle = keras_tuner.oracles.HyperbandOracle(
        objective=keras_tuner.Objective("score", "min"), max_epochs=max_epochs, factor=FACTOR
    )
    theirs = [
        [
            (oracle._get_size(bracket, rung), oracle._get_epochs(bracket, rung))
            for rung in range(bracket + 1)
        ]
        for bracket in reversed(range(oracle._get_num_brackets()))
    ]
    ours = [[(rung.trials, rung.epochs) for rung in rungs] for rungs in brackets(max_epochs)]
    assert ours == theirs
    assert round_size(max_epochs) == sum(trials for rungs in theirs for trials, _ in rungs)
