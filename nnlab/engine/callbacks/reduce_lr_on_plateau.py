"""Reducing the learning rate on a plateau."""

from __future__ import annotations

import math
import operator

import keras

from nnlab.config.schema.training import ReduceLROnPlateau as ReduceLROnPlateauConfig
from nnlab.engine.callbacks.monitor import Monitor


class ReduceLROnPlateau(keras.callbacks.ReduceLROnPlateau):  # type: ignore[misc]
    """`keras.callbacks.ReduceLROnPlateau` with an explicit direction; a NaN is no improvement.

    Args:
        config: Keras' arguments.
        monitor: The monitored metric with its direction.
    """

    def __init__(self, config: ReduceLROnPlateauConfig, monitor: Monitor) -> None:
        super().__init__(
            monitor=monitor.name,
            factor=config.factor,
            patience=config.patience,
            mode=monitor.direction,
            min_delta=config.min_delta,
            cooldown=config.cooldown,
            min_lr=config.min_lr,
        )
        self.monitor_op = operator.lt if monitor.direction == "min" else operator.gt
        self.min_delta = -config.min_delta if monitor.direction == "min" else config.min_delta

    def _is_improvement(self, value: float, best: float | None) -> bool:
        if math.isnan(value):
            return False
        return bool(super()._is_improvement(value, best))
