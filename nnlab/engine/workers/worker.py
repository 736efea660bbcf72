"""A worker: a process that does one training and ends, so that nothing of it stays in memory."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from multiprocessing.connection import Connection

import tensorflow as tf

from nnlab.data import PreparedData
from nnlab.engine.training.train import train
from nnlab.engine.workers.messages import Event, Task
from nnlab.engine.workers.process import init_worker
from nnlab.errors import DiskError, describe_exception
from nnlab.report.progress import SilentProgress, StartInfo
from nnlab.report.progress.events import Logs

_INTERVAL_S = 0.2


def work(
    task: Task,
    told: Connection,
    others: Iterable[Connection],
    data: PreparedData | None,
    threads: int,
) -> None:
    """Do a task, in a process of its own.

    Args:
        task: The task.
        told: Takes the events of the task; if it fails a sentence, and whether the disk refused.
        others: Ends of other workers' connections, which a forked process holds, too.
        data: The experiment's data, where somebody has prepared them.
        threads: How many threads TensorFlow may use for an operation.
    """
    init_worker(others)
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    try:
        train(
            task.experiment,
            runs_dir=task.run_dir.parent,
            folder=task.run_dir.name,
            progress=_QueueProgress(task, told),
            command=task.command,
            data=data,
            options=task.options,
        )
    except Exception as error:  # noqa: BLE001 - whatever ends a task must not end its owner
        told.send((describe_exception(error, one_line=True), isinstance(error, DiskError)))
    finally:
        told.close()


class _QueueProgress(SilentProgress):
    """Tells the owner of a task that it begins, and of its epochs: of some five a second."""

    def __init__(self, task: Task, told: Connection) -> None:
        self._task = task
        self._told = told
        self._due = 0.0
        self._epochs = 0

    def start(self, info: StartInfo) -> None:
        """See `Progress.start`."""
        self._epochs = info.epochs
        self._tell(0, {})

    def epoch(self, epoch: int, logs: Logs, *, best: bool, seconds: float) -> None:  # noqa: ARG002
        """See `Progress.epoch`."""
        now = time.monotonic()
        if now < self._due and epoch < self._epochs:
            return
        self._due = now + _INTERVAL_S
        self._tell(epoch, {name: float(value) for name, value in logs.items()})

    def _tell(self, epoch: int, values: Mapping[str, float]) -> None:
        try:
            self._told.send(Event(self._task.key, epoch, self._epochs, values))
        except BrokenPipeError:
            # Nobody is there any more to use the run.
            os._exit(1)
