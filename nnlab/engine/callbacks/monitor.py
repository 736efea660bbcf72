"""Monitored metrics with their direction, and the one that selects the weights of a run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from nnlab.config import Experiment
from nnlab.config.metrics import Direction
from nnlab.config.schema.logged_metrics import metric_directions

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
