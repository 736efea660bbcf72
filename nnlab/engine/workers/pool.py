"""Trainings at the same time, each in a process of its own that is forked from this one.

This process has loaded TensorFlow, which takes two seconds, and must not compute with it: a
process that has done so hangs in its forks. Its children compute, and end. So memory stays as it
is, and whatever happens to a training (killed, out of memory) happens to that one alone.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Literal, Self

import tensorflow as tf

from nnlab.config import Experiment
from nnlab.engine.workers.messages import Event, Outcome, Task
from nnlab.engine.workers.process import block_signals, describe_exit, process_context
from nnlab.engine.workers.shared_data import SharedData
from nnlab.engine.workers.worker import work
from nnlab.errors import DataError, RunFailedError, RunNotFoundError
from nnlab.runs import RunDirectory, RunRecord, RunStatus, read_run

__all__ = ["Event", "Outcome", "Task", "Workers"]

# What a worker takes for itself, beside what it shares with the others.
_BYTES_A_WORKER = 2**29
_LEFT = "The search or comparison ended before this run did."
_VISIBLE = "CUDA_VISIBLE_DEVICES"


class Workers:
    """Does tasks, several at once; each in a fresh process.

    Use it as a context manager: what is still at work at its end is ended.

    Args:
        jobs: Tasks at the same time; `auto`: one for each GPU, else for each core, as far as the
            memory goes.
        most: Tasks that there will be at most: no more of them are done at the same time.

    Raises:
        NnlabError: This process has computed with TensorFlow.

    Example:
        ```python
        with Workers("auto") as workers:
            for task in tasks:
                workers.submit(task)
            while workers.left:
                for news in workers.wait():
                    print(news)
        ```
    """

    def __init__(self, jobs: int | Literal["auto"] = "auto", most: int | None = None) -> None:
        self._gpus = len(tf.config.list_physical_devices("GPU"))
        self._context = process_context()
        forks = self._context.get_start_method() == "fork"
        wanted = automatic_jobs(self._gpus) if jobs == "auto" else jobs
        self.jobs = wanted if most is None else max(1, min(wanted, most))
        self._data = SharedData() if forks else None
        self._waiting: deque[Task] = deque()
        self._working: dict[Connection, _Worker] = {}

    @property
    def left(self) -> int:
        """Tasks that wait or are at work."""
        return len(self._waiting) + len(self._working)

    @property
    def idle(self) -> int:
        """Tasks that could start at once."""
        return max(0, self.jobs - self.left)

    def prepare(self, experiment: Experiment) -> None:
        """Prepare the data of tasks to come, so that what is wrong with them is told at once.

        Args:
            experiment: The experiment of one of them.

        Raises:
            ConfigError: The config asks for what the data do not have.
            DataError: The data cannot be read, or do not fit.
        """
        (self._data or SharedData()).add(experiment)

    def submit(self, task: Task) -> None:
        """Take a task on; it starts as soon as a worker is free.

        Args:
            task: The task.
        """
        self._waiting.append(task)
        self._start_waiting()

    def wait(self, timeout: float | None = None) -> list[Event | Outcome]:
        """Wait for news.

        Args:
            timeout: Seconds to wait at most; None: until there is news.

        Returns:
            What has happened since, in the order in which it was heard; nothing where nothing did,
            or nobody is at work.
        """
        news: list[Event | Outcome] = []
        for told in wait(list(self._working), timeout) if self._working else []:
            worker = self._working[told]  # type: ignore[index]
            heard = worker.listen()
            if isinstance(heard, Outcome):
                del self._working[worker.told]
            if heard is not None:
                news.append(heard)
        self._start_waiting()
        return news

    def stop(self) -> None:
        """End all workers at once; the runs they were at say that they were interrupted."""
        self._waiting.clear()
        for worker in self._working.values():
            worker.end()
        self._working.clear()

    def __enter__(self) -> Self:
        """The workers themselves."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End what is still at work."""
        self.stop()

    def _start_waiting(self) -> None:
        while self._waiting and len(self._working) < self.jobs:
            worker = self._started(self._waiting.popleft())
            self._working[worker.told] = worker

    def _started(self, task: Task) -> _Worker:
        data = self._data.of(task.experiment) if self._data else None
        told, telling = self._context.Pipe(duplex=False)
        forks = self._context.get_start_method() == "fork"
        others = [told, *self._working] if forks else []
        threads = max(1, cores() // self.jobs)
        process = self._context.Process(
            target=work,
            args=(task, telling, others, data, threads),
            name=f"nnlab {task.key}",
            daemon=True,
        )
        slots = {worker.slot for worker in self._working.values()}
        slot = next(number for number in range(self.jobs) if number not in slots)
        with block_signals(), self._one_gpu(task, slot):
            process.start()
        telling.close()
        return _Worker(task, slot, told, process, time.monotonic())

    @contextmanager
    def _one_gpu(self, task: Task, slot: int) -> Iterator[None]:
        """Show a new process one GPU alone, in turn, where the task does not name one."""
        if not self._gpus or task.experiment.training.device not in {"auto", "gpu"}:
            yield
            return
        before = os.environ.get(_VISIBLE)
        names = before.split(",") if before else [str(number) for number in range(self._gpus)]
        os.environ[_VISIBLE] = names[slot % self._gpus]
        try:
            yield
        finally:
            if before is None:
                del os.environ[_VISIBLE]
            else:
                os.environ[_VISIBLE] = before


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def automatic_jobs(gpus: int) -> int:
    """How many trainings at once suit this machine.

    Args:
        gpus: GPUs that TensorFlow can use.

    Returns:
        One for each GPU; without any, one for each core, as far as the free memory goes.
    """
    if gpus:
        return gpus
    try:
        free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return cores()
    return max(1, min(cores(), free // _BYTES_A_WORKER))


@dataclass(frozen=True)
class _Worker:
    """A process at work on a task."""

    task: Task
    slot: int
    told: Connection
    process: BaseProcess
    started: float

    def listen(self) -> Event | Outcome | None:
        """What the process has to tell: an epoch, or its end."""
        try:
            heard = self.told.recv()
        except (EOFError, OSError):
            return self._outcome(None)
        if isinstance(heard, Event):
            return heard
        error, refused = heard
        return self._outcome(error, refused=refused)

    def end(self) -> None:
        """End the process, whatever it is doing; its run could not say so any more."""
        self.process.kill()
        self._close()
        record = _record(self.task)
        if record is not None and record.finished is None:
            # On the way out of a full disk, too: that is the error to tell.
            with suppress(RunFailedError):
                RunDirectory(self.task.run_dir, record).finish(RunStatus.INTERRUPTED, _LEFT)

    def _outcome(self, error: str | None, *, refused: bool = False) -> Outcome:
        self._close()
        record = _record(self.task)
        if error is None:
            error = describe_exit(self.process.exitcode)
        if error is None and (record is None or record.status is not RunStatus.COMPLETE):
            error = "The process ended before the run did." if record is None else record.error
        return Outcome(self.task.key, record, error, time.monotonic() - self.started, refused)

    def _close(self) -> None:
        self.process.join()
        self.told.close()


def _record(task: Task) -> RunRecord | None:
    try:
        return read_run(task.run_dir).record
    except (RunNotFoundError, DataError):
        return None
