"""A worker: a process that does one training and ends, so that nothing of it stays in memory."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import sys
import time
from collections.abc import Iterable
from multiprocessing.connection import Connection

import tensorflow as tf

from nnlab.data import PreparedData
from nnlab.engine.tasks import Event, Task
from nnlab.engine.training import train
from nnlab.errors import NnlabError
from nnlab.report.progress import SilentProgress, StartInfo
from nnlab.report.progress.events import Logs

_PR_SET_PDEATHSIG = 1
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
        told: Takes the events of the task, and a sentence if it fails.
        others: Ends of other workers' connections, which a forked process holds, too.
        data: The experiment's data, where somebody has prepared them.
        threads: How many threads TensorFlow may use for an operation.
    """
    parent = os.getppid()
    _end_with(parent)
    # Ctrl-C reaches every process of the terminal: what it means for a task, its owner decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    for other in others:
        other.close()
    _fall_silent()
    # What a training makes it keeps to its end, and then the process is gone: nothing to collect
    # in the short run, and little in a long one.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    try:
        train(
            task.experiment,
            runs_dir=task.run_dir.parent,
            folder=task.run_dir.name,
            progress=_Teller(task, told),
            command=task.command,
            data=data,
            options=task.options,
        )
    except NnlabError as error:
        told.send(str(error))
    except Exception as error:  # noqa: BLE001 - whatever ends a task must not end its owner
        told.send(_words(error))
    finally:
        told.close()


class _Teller(SilentProgress):
    """Tells the owner of a task of its epochs: of some five a second, and of the last."""

    def __init__(self, task: Task, told: Connection) -> None:
        self._task = task
        self._told = told
        self._due = 0.0
        self._epochs = 0

    def start(self, info: StartInfo) -> None:
        """See `Progress.start`."""
        self._epochs = info.epochs

    def epoch(self, epoch: int, logs: Logs, *, best: bool, seconds: float) -> None:  # noqa: ARG002
        """See `Progress.epoch`."""
        now = time.monotonic()
        if now < self._due and epoch < self._epochs:
            return
        self._due = now + _INTERVAL_S
        values = {name: float(value) for name, value in logs.items()}
        try:
            self._told.send(Event(self._task.key, epoch, self._epochs, values))
        except BrokenPipeError:
            # Nobody is there any more to use the run.
            os._exit(1)


def _end_with(parent: int) -> None:
    """Have the kernel end this process when the one that made it is gone, killed or not."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _fall_silent() -> None:
    """Send output to the null device: the screen belongs to the owner."""
    null = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def _words(error: Exception) -> str:
    """An exception that is not ours, on one line."""
    first = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    return f"{type(error).__name__}: {first}".removesuffix(": ")
