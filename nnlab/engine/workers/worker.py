"""A worker: a process that runs one training and exits, which frees all its memory."""

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
from nnlab.report.progress.run import Logs

_EVENT_INTERVAL_S = 0.2


def work(
    task: Task,
    connection: Connection,
    inherited: Iterable[Connection],
    data: PreparedData | None,
    threads: int,
) -> None:
    """Run a task in this worker process."""
    init_worker(inherited)
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
