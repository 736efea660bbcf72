"""Reducing the learning rate on a plateau."""

from __future__ import annotations

import math
from typing import Any

import keras
import pytest

from nnlab.config.schema.training import ReduceLROnPlateau as ReduceLROnPlateauConfig
from nnlab.engine.callbacks import ReduceLROnPlateau
from nnlab.engine.callbacks.monitor import Monitor


def learning_rates(values: list[float], direction: Any = "min", **arguments: Any) -> list[float]:
    """Return the learning rate after each epoch, initially 1."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    config = ReduceLROnPlateauConfig(**{"factor": 0.5, "min_delta": 0.0} | arguments)
    callback = ReduceLROnPlateau(config, Monitor("val_loss", direction))
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"val_loss": value})
        rates.append(float(model.optimizer.learning_rate))
    return rates


@pytest.mark.parametrize(
    ("arguments", "values", "expected"),
    [
        ({"patience": 2}, [3, 3, 3, 3, 3], [1, 1, 0.5, 0.5, 0.25]),
        ({"patience": 1, "cooldown": 2}, [3, 3, 3, 3, 3], [1, 0.5, 0.5, 0.25, 0.25]),
        ({"patience": 1, "min_lr": 0.4}, [3, 3, 3, 3], [1, 0.5, 0.4, 0.4]),
        ({"patience": 1, "min_delta": 1.0}, [3, 2.5, 0.5], [1, 0.5, 0.5]),
    ],
)
def test_rate_is_reduced_after_patience_epochs_without_improvement(
    arguments: dict[str, Any], values: list[float], expected: list[float]
) -> None:
    assert learning_rates(values, **arguments) == pytest.approx(expected)


def test_rate_with_direction_max_is_kept_for_larger_values() -> None:
    assert learning_rates([1, 2, 3, 3], "max", patience=1) == pytest.approx([1, 1, 1, 0.5])


def test_rate_is_not_reduced_after_a_first_nan() -> None:
    assert learning_rates([math.nan, 3, 2], patience=2) == pytest.approx([1, 1, 1])
