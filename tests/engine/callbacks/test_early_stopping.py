"""Early stopping: when it stops, and what it takes for an improvement."""

from __future__ import annotations

import math
from typing import Any

import keras
import pytest

from nnlab.config.schema.training import EarlyStopping as Config
from nnlab.engine.callbacks import EarlyStopping
from nnlab.engine.callbacks.monitor import Monitor


def watching(direction: Any = "min", **arguments: Any) -> EarlyStopping:
    callback = EarlyStopping(Config(**arguments), Monitor("val_loss", direction))
    callback.set_model(keras.Model())
    callback.model.stop_training = False
    callback.on_train_begin()
    return callback


def epochs_until_stop(callback: EarlyStopping, values: list[float]) -> int | None:
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"val_loss": value})
        if callback.model.stop_training:
            return epoch + 1
    return None


@pytest.mark.parametrize(
    ("arguments", "values", "stops"),
    [
        ({"patience": 2}, [5, 4, 4, 4, 4], 4),
        ({"patience": 0}, [5, 4, 4], 3),
        ({"patience": 2, "min_delta": 0.5}, [5, 4.8, 4.6, 4.4], 3),
        ({"patience": 2, "min_delta": 0.5}, [5, 4.4, 3.8, 3.2], None),
        ({"patience": 1, "baseline": 3.0}, [5, 4, 4], 3),
        ({"patience": 1, "baseline": 4.5}, [5, 4, 3, 3], 4),
        ({"patience": 2, "start_from_epoch": 3}, [1, 9, 9, 5, 6, 6, 6], 6),
    ],
)
def test_it_stops_when_an_improvement_is_overdue(
    arguments: dict[str, Any], values: list[float], stops: int | None
) -> None:
    assert epochs_until_stop(watching(**arguments), values) == stops


def test_more_is_better_where_the_direction_says_so() -> None:
    assert epochs_until_stop(watching("max", patience=2), [1, 2, 3, 2, 2]) == 5


@pytest.mark.parametrize("direction", ["min", "max"])
def test_nan_in_the_first_epoch_does_not_stay_the_best(direction: str) -> None:
    callback = watching(direction, patience=2)
    callback.on_epoch_end(0, {"val_loss": math.nan})
    callback.on_epoch_end(1, {"val_loss": 0.5})
    assert callback.improved
    assert (callback.best, callback.best_epoch) == (0.5, 1)


def test_nan_counts_as_an_epoch_without_improvement() -> None:
    assert epochs_until_stop(watching(patience=2), [1, math.nan, math.nan]) == 3


def test_improved_tells_of_the_last_epoch_alone() -> None:
    callback = watching(patience=9)
    told = []
    for epoch, value in enumerate([3.0, 2.0, 2.5, 1.0]):
        callback.on_epoch_end(epoch, {"val_loss": value})
        told.append(callback.improved)
    assert told == [True, True, False, True]
