"""A pool of worker processes, each of which runs one training.

Importing TensorFlow takes two seconds, so workers are forked from this process, which has imported
it but must not compute with it: forks of a process that has would deadlock. Workers exit after
their training, which keeps memory constant. A crash affects one training only.
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
from nnlab.engine.workers.process import describe_exit, process_context, start_process
from nnlab.engine.workers.shared_data import SharedData
from nnlab.engine.workers.worker import Event, Outcome, Task, work
from nnlab.errors import DataError, RunFailedError, RunNotFoundError
from nnlab.runs import RunDirectory, RunRecord, RunStatus, read_run

# Memory of a worker that it does not share with other processes.
_BYTES_PER_WORKER = 2**29
_STOPPED = "The search or comparison ended before this run."
_CUDA_DEVICES = "CUDA_VISIBLE_DEVICES"


class WorkerPool:
    """Run tasks in parallel, each in a new process.

    Use it as a context manager: running tasks are stopped at its end.

    Args:
        jobs: Number of tasks at the same time; `auto`: one per GPU, or one per core if memory
            suffices.
        max_tasks: Maximum number of tasks; limits `jobs`.

    Raises:
        NnlabError: This process has computed with TensorFlow.

    Example:
        ```python
        with WorkerPool("auto") as workers:
            for task in tasks:
                workers.submit(task)
            while workers.unfinished:
                for event in workers.wait():
                    print(event)
        ```
    """

    def __init__(self, jobs: int | Literal["auto"] = "auto", max_tasks: int | None = None) -> None:
        self._gpus = len(tf.config.list_physical_devices("GPU"))
        self._context = process_context()
        forks = self._context.get_start_method() == "fork"
        requested = automatic_jobs(self._gpus) if jobs == "auto" else jobs
        self.jobs = requested if max_tasks is None else max(1, min(requested, max_tasks))
        self._data = SharedData() if forks else None
        self._queue: deque[Task] = deque()
        self._running: dict[Connection, _Worker] = {}

    @property
    def unfinished(self) -> int:
        """The number of queued and running tasks."""
        return len(self._queue) + len(self._running)

    @property
    def free_slots(self) -> int:
        """The number of tasks that would start at once."""
        return max(0, self.jobs - self.unfinished)

    def prepare(self, experiment: Experiment) -> None:
        """Prepare the data of later tasks, which raises their errors early."""
        (self._data or SharedData()).add(experiment)

    def submit(self, task: Task) -> None:
        """Queue a task; it starts as soon as a worker is free."""
        self._queue.append(task)
        self._start_queued()

    def wait(self, timeout: float | None = None) -> list[Event | Outcome]:
        """Wait for messages of the workers and return them."""
        messages: list[Event | Outcome] = []
        for connection in wait(list(self._running), timeout) if self._running else []:
            worker = self._running[connection]  # type: ignore[index]
            message = worker.receive()
            if isinstance(message, Outcome):
                del self._running[worker.connection]
            messages.append(message)
        self._start_queued()
        return messages

    def stop(self) -> None:
        """Kill all workers; their runs are marked as interrupted."""
        self._queue.clear()
        for worker in self._running.values():
            worker.kill()
        self._running.clear()

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop all workers."""
        self.stop()

    def _start_queued(self) -> None:
        threads = max(1, cores() // self.jobs)
        while self._queue and len(self._running) < self.jobs:
            task = self._queue.popleft()
            data = self._data.get(task.experiment) if self._data else None
            slots = {worker.slot for worker in self._running.values()}
            slot = next(number for number in range(self.jobs) if number not in slots)
            with self._single_visible_gpu(task, slot):
                process, connection = start_process(
                    self._context, work, (task, data, threads), self._running
                )
            worker = _Worker(task, slot, connection, process, time.monotonic())
            self._running[connection] = worker

    @contextmanager
    def _single_visible_gpu(self, task: Task, slot: int) -> Iterator[None]:
        """Limit a new process to one GPU, by its slot, unless the task names a GPU."""
        if not self._gpus or task.experiment.training.device not in {"auto", "gpu"}:
            yield
            return
        before = os.environ.get(_CUDA_DEVICES)
        names = before.split(",") if before else [str(number) for number in range(self._gpus)]
        os.environ[_CUDA_DEVICES] = names[slot % self._gpus]
        try:
            yield
        finally:
            if before is None:
                del os.environ[_CUDA_DEVICES]
            else:
                os.environ[_CUDA_DEVICES] = before


def cores() -> int:
    """Return the number of cores that this process can use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def automatic_jobs(gpus: int) -> int:
    """Return the number of trainings that this machine can run at the same time."""
    if gpus:
        return gpus
    try:
        free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return cores()
    return max(1, min(cores(), free // _BYTES_PER_WORKER))


@dataclass(frozen=True)
class _Worker:
    """A process that runs a task."""

    task: Task
    slot: int
    connection: Connection
    process: BaseProcess
    started: float

    def receive(self) -> Event | Outcome:
        """Return the next message of the process: an epoch, or its outcome."""
        try:
            message = self.connection.recv()
        except (EOFError, OSError):
            return self._outcome(None)
        if isinstance(message, Event):
            return message
        error, disk_error = message
        return self._outcome(error, disk_error=disk_error)

    def kill(self) -> None:
        """Kill the process and mark its run as interrupted."""
        self.process.kill()
        self._close()
        record = _record(self.task)
        if record is not None and record.finished is None:
            # Also called while a full disk is handled, which is the error to report.
            with suppress(RunFailedError):
                RunDirectory(self.task.run_dir, record).finish(RunStatus.INTERRUPTED, _STOPPED)

    def _outcome(self, error: str | None, *, disk_error: bool = False) -> Outcome:
        self._close()
        record = _record(self.task)
        if error is None:
            error = describe_exit(self.process.exitcode)
        if error is None and (record is None or record.status is not RunStatus.COMPLETE):
            error = "The process ended before the run." if record is None else record.error
        return Outcome(self.task.key, record, error, time.monotonic() - self.started, disk_error)

    def _close(self) -> None:
        self.process.join()
        self.connection.close()


def _record(task: Task) -> RunRecord | None:
    try:
        return read_run(task.run_dir).record
    except (RunNotFoundError, DataError):
        return None
