"""Early stopping."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping

import keras

from nnlab.config.schema.training import EarlyStopping as EarlyStoppingConfig
from nnlab.engine.callbacks.monitor import Monitor


class EarlyStopping(keras.callbacks.EarlyStopping):  # type: ignore[misc]
    """`keras.callbacks.EarlyStopping` with an explicit direction; `BestWeights` restores weights.

    Keras infers the direction at the end of the first epoch, and a NaN in that epoch stays its best
    value for the whole run. Here a NaN is the worst value.

    Args:
        config: Keras' arguments.
        monitor: The monitored metric with its direction.

    Attributes:
        improved: Whether the last epoch was the best so far, by at least `min_delta`.
    """

    def __init__(self, config: EarlyStoppingConfig, monitor: Monitor) -> None:
        super().__init__(
            monitor=monitor.name,
            min_delta=config.min_delta,
            patience=config.patience,
            mode=monitor.direction,
            baseline=config.baseline,
            restore_best_weights=False,
            start_from_epoch=config.start_from_epoch,
        )
        self._worst = monitor.worst
        # As Keras sets them later, except that its `ops.less` calls TensorFlow each time.
        self.monitor_op = operator.lt if monitor.direction == "min" else operator.gt
        self.min_delta = -config.min_delta if monitor.direction == "min" else config.min_delta
        self.improved = False

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        super().on_epoch_end(epoch, logs)
        self.improved = self.best is not None and self.best_epoch == epoch

    def get_monitor_value(self, logs: Mapping[str, float] | None) -> float | None:
        """Return the monitored value of an epoch, the worst one for a NaN."""
        value: float | None = super().get_monitor_value(logs)
        return self._worst if value is not None and math.isnan(value) else value
