"""Lowering the learning rate on a plateau."""

from __future__ import annotations

import math
from typing import Any

import keras
import pytest

from nnlab.config.schema.training import ReduceLROnPlateau as Config
from nnlab.engine.callbacks import ReduceLROnPlateau
from nnlab.engine.callbacks.monitor import Monitor


def rates(values: list[float], direction: Any = "min", **arguments: Any) -> list[float]:
    """The learning rate after each epoch, from 1.0 on."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    config = Config(**{"factor": 0.5, "min_delta": 0.0} | arguments)
    callback = ReduceLROnPlateau(config, Monitor("val_loss", direction))
    callback.set_model(model)
    callback.on_train_begin()
    found = []
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"val_loss": value})
        found.append(float(model.optimizer.learning_rate))
    return found


@pytest.mark.parametrize(
    ("arguments", "values", "expected"),
    [
        ({"patience": 2}, [3, 3, 3, 3, 3], [1, 1, 0.5, 0.5, 0.25]),
        ({"patience": 1, "cooldown": 2}, [3, 3, 3, 3, 3], [1, 0.5, 0.5, 0.25, 0.25]),
        ({"patience": 1, "min_lr": 0.4}, [3, 3, 3, 3], [1, 0.5, 0.4, 0.4]),
        ({"patience": 1, "min_delta": 1.0}, [3, 2.5, 0.5], [1, 0.5, 0.5]),
    ],
)
def test_rate_is_lowered_when_an_improvement_is_overdue(
    arguments: dict[str, Any], values: list[float], expected: list[float]
) -> None:
    assert rates(values, **arguments) == pytest.approx(expected)


def test_more_is_better_where_the_direction_says_so() -> None:
    assert rates([1, 2, 3, 3], "max", patience=1) == pytest.approx([1, 1, 1, 0.5])


def test_nan_in_the_first_epoch_does_not_stay_the_best() -> None:
    assert rates([math.nan, 3, 2], patience=2) == pytest.approx([1, 1, 1])
