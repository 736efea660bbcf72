"""Early stopping."""

from __future__ import annotations

import math
from typing import Any

import keras
import pytest

from nnlab.config.schema.training import EarlyStopping as EarlyStoppingConfig
from nnlab.engine.callbacks import EarlyStopping
from nnlab.engine.callbacks.monitor import Monitor


def early_stopping(direction: Any = "min", **arguments: Any) -> EarlyStopping:
    callback = EarlyStopping(EarlyStoppingConfig(**arguments), Monitor("val_loss", direction))
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
def test_stops_after_patience_epochs_without_improvement(
    arguments: dict[str, Any], values: list[float], stops: int | None
) -> None:
    assert epochs_until_stop(early_stopping(**arguments), values) == stops


def test_stopping_with_direction_max_takes_larger_values_as_better() -> None:
    assert epochs_until_stop(early_stopping("max", patience=2), [1, 2, 3, 2, 2]) == 5


@pytest.mark.parametrize("direction", ["min", "max"])
def test_stopping_does_not_take_a_first_nan_as_the_best(direction: str) -> None:
    callback = early_stopping(direction, patience=2)
    callback.on_epoch_end(0, {"val_loss": math.nan})
    callback.on_epoch_end(1, {"val_loss": 0.5})
    assert callback.improved
    assert (callback.best, callback.best_epoch) == (0.5, 1)


def test_nan_counts_as_an_epoch_without_improvement() -> None:
    assert epochs_until_stop(early_stopping(patience=2), [1, math.nan, math.nan]) == 3


def test_improved_refers_to_the_last_epoch() -> None:
    callback = early_stopping(patience=9)
    improved = []
    for epoch, value in enumerate([3.0, 2.0, 2.5, 1.0]):
        callback.on_epoch_end(epoch, {"val_loss": value})
        improved.append(callback.improved)
    assert improved == [True, True, False, True]
