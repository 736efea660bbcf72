"""What workers are given, and what they tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nnlab.config import Experiment
from nnlab.engine.training.options import TrainingOptions
from nnlab.runs import RunRecord


@dataclass(frozen=True)
class Task:
    """A training that a worker is to do.

    Args:
        key: The caller's name for it; no two tasks at work have the same.
        experiment: The experiment.
        run_dir: The run's own folder, in which there is no run yet.
        options: What is done besides what the config says.
        command: The command line, for the record.
    """

    key: str
    experiment: Experiment
    run_dir: Path
    options: TrainingOptions = field(default_factory=TrainingOptions)
    command: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """A task at work has begun, or come through an epoch; of quick ones only some are told.

    Args:
        key: The task's.
        epoch: The epoch, from 1; 0 before the first.
        epochs: Epochs at most.
        logs: The epoch's values by name.
    """

    key: str
    epoch: int
    epochs: int
    logs: Mapping[str, float]


@dataclass(frozen=True)
class Outcome:
    """A task has ended.

    Args:
        key: The task's.
        record: The run's record; None where it came to no run.
        error: Why there is no complete run; None where there is one.
        seconds: How long the task was at work.
        refused: Whether it was the disk that refused, whatever the task.
    """

    key: str
    record: RunRecord | None
    error: str | None
    seconds: float = 0.0
    refused: bool = False
