"""Monitored metrics with their direction: the one that selects a run's weights, and callbacks."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import keras

from nnlab.config import Experiment
from nnlab.config.metrics import Direction
from nnlab.config.schema.logged_metrics import metric_directions
from nnlab.config.schema.training import EarlyStopping as EarlyStoppingConfig
from nnlab.config.schema.training import ReduceLROnPlateau as ReduceLROnPlateauConfig

Mode = Literal["auto", "min", "max"]

_VALIDATION = "val_"


@dataclass(frozen=True)
class Monitor:
    """A metric, by its name in the logs such as `val_loss`, with the direction that is better."""

    name: str
    direction: Direction

    @classmethod
    def from_experiment(cls, experiment: Experiment, name: str, mode: Mode = "auto") -> Monitor:
        """Return the monitor of a metric; `auto` takes the metric's own direction."""
        if mode != "auto":
            return cls(name, mode)
        training_name = name.removeprefix(_VALIDATION)
        return cls(name, metric_directions(experiment).get(training_name, "min"))

    @property
    def worst(self) -> float:
        """The value that any other is better than."""
        return math.inf if self.direction == "min" else -math.inf

    def is_better(self, value: float, than: float) -> bool:
        """Return whether a value is better than another; NaN never is."""
        return value < than if self.direction == "min" else value > than


def weights_monitor(experiment: Experiment, *, has_validation: bool) -> Monitor | None:
    """Return the metric that selects the epoch whose weights a run keeps; None for the last epoch.

    With early stopping this is its monitor if it restores the best weights, or None. Otherwise it
    is the checkpoint's monitor.
    """
    stopping, checkpoint = experiment.training.early_stopping, experiment.training.checkpoint
    if stopping is not None:
        if not stopping.restore_best_weights:
            return None
        return Monitor.from_experiment(experiment, stopping.monitor, stopping.mode)
    if not checkpoint.save_best_only:
        return None
    if checkpoint.monitor is not None:
        return Monitor.from_experiment(experiment, checkpoint.monitor, checkpoint.mode)
    # The training loss is better than no selection: in late epochs Adam's loss spikes now and then.
    # On MNIST (the built-in config, seed 1) the last epoch has a test accuracy of 97.6 %, that of
    # the lowest loss 98.0 %.
    return Monitor("val_loss" if has_validation else "loss", "min")


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
