"""What a run is trained with: experiment, data, model, folder, and options beyond the config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import keras

from nnlab.config import Experiment
from nnlab.data import PreparedData
from nnlab.engine.batches import DataAdapter
from nnlab.engine.runtime.signals import Interruption
from nnlab.report.progress import Progress
from nnlab.runs import RunDirectory


@dataclass(frozen=True)
class ScoreThreshold:
    """The value that a metric must reach for a model to be saved."""

    metric: str
    direction: Literal["min", "max"]
    value: float

    def is_reached(self, metrics: Mapping[str, float]) -> bool:
        """Return whether the metrics of a run reach the threshold."""
        value = metrics.get(self.metric, float("nan"))
        return value <= self.value if self.direction == "min" else value >= self.value


@dataclass(frozen=True)
class TrainingOptions:
    """Settings of a training beyond the config, for searches and comparisons.

    Args:
        plots: Whether to draw plots at the end, and save their data and the model's summary.
        test: Whether to evaluate the test rows at the end; a search must not.
        keep_model: Whether to save the model: always, never, or if a metric reaches a threshold,
            then without the state of the optimizer.
        initial_epoch: The first epoch, from 0; the last remains `training.epochs`.
        load_state_from: A file of an earlier training's `save_state_to`. Defaults to None: start
            with the initial weights.
        save_state_to: A file for the state that a later training continues from. Defaults to None.
    """

    plots: bool = True
    test: bool = True
    keep_model: bool | ScoreThreshold = True
    initial_epoch: int = 0
    load_state_from: Path | None = None
    save_state_to: Path | None = None


@dataclass(frozen=True)
class TrainingContext:
    """A run that is ready to start, with its compiled model and its folder."""

    experiment: Experiment
    data: PreparedData
    model: keras.Model
    adapter: DataAdapter
    run: RunDirectory
    progress: Progress
    interruption: Interruption
    options: TrainingOptions
