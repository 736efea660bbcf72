"""The messages between a worker pool and its workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nnlab.config import Experiment
from nnlab.engine.training.options import TrainingOptions
from nnlab.runs import RunRecord


@dataclass(frozen=True)
class Task:
    """A training for a worker.

    Args:
        key: A name of the task, unique among the running tasks.
        experiment: The experiment.
        run_dir: The run folder, which does not contain a run yet.
        options: Settings beyond the config.
        command: The command line, for the record.
    """

    key: str
    experiment: Experiment
    run_dir: Path
    options: TrainingOptions = field(default_factory=TrainingOptions)
    command: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """A task has started or finished an epoch; not every short epoch is reported.

    Args:
        key: The key of the task.
        epoch: The epoch, from 1; 0 before the first.
        epochs: Maximum number of epochs.
        logs: The metrics of the epoch by name.
    """

    key: str
    epoch: int
    epochs: int
    logs: Mapping[str, float]


@dataclass(frozen=True)
class Outcome:
    """A task has ended.

    Args:
        key: The key of the task.
        record: The record of the run; None without a run.
        error: Why the run is not complete; None if it is.
        seconds: The duration of the task.
        disk_error: Whether the disk failed, which affects all tasks.
    """

    key: str
    record: RunRecord | None
    error: str | None
    seconds: float = 0.0
    disk_error: bool = False
