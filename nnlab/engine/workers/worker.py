"""A worker: a process that runs one training and exits, which frees all its memory.

It gets a task, and answers with events and an outcome.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import tensorflow as tf

from nnlab.config import Experiment
from nnlab.data import PreparedData
from nnlab.engine.training.context import TrainingOptions
from nnlab.engine.training.train import train
from nnlab.errors import DiskError, describe_exception
from nnlab.report.progress import SilentProgress, StartInfo
from nnlab.report.progress.run import Logs
from nnlab.runs import RunRecord

_EVENT_INTERVAL_S = 0.2


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


def work(task: Task, data: PreparedData | None, threads: int, connection: Connection) -> None:
    """Run a task in this worker process."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    try:
        train(
            task.experiment,
            runs_dir=task.run_dir.parent,
            folder=task.run_dir.name,
            progress=_ConnectionProgress(task, connection),
            command=task.command,
            data=data,
            options=task.options,
        )
    except Exception as error:  # noqa: BLE001 - reported to the pool
        connection.send((describe_exception(error, one_line=True), isinstance(error, DiskError)))
    finally:
        connection.close()


class _ConnectionProgress(SilentProgress):
    """Send the start and the epochs of a task to the pool, about five per second."""

    def __init__(self, task: Task, connection: Connection) -> None:
        self._task = task
        self._connection = connection
        self._next_event = 0.0
        self._epochs = 0

    def start(self, info: StartInfo) -> None:
        """Send the start of the training."""
        self._epochs = info.epochs
        self._send(0, {})

    def epoch(self, epoch: int, logs: Logs, *, best: bool, seconds: float) -> None:  # noqa: ARG002
        """Send an epoch, unless the last event was recent."""
        now = time.monotonic()
        if now < self._next_event and epoch < self._epochs:
            return
        self._next_event = now + _EVENT_INTERVAL_S
        self._send(epoch, {name: float(value) for name, value in logs.items()})

    def _send(self, epoch: int, values: Mapping[str, float]) -> None:
        try:
            self._connection.send(Event(self._task.key, epoch, self._epochs, values))
        except BrokenPipeError:
            # The pool has exited.
            os._exit(1)
