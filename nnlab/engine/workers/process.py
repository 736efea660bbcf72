"""New processes: start, initialization, response, and the meaning of an exit code.

Processes are forked from this one, which has imported TensorFlow but must not compute with it:
forks of a process that has would deadlock.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

import tensorflow as tf

from nnlab.engine.runtime.signals import STOP_SIGNALS
from nnlab.errors import NnlabError, RunInterrupted, describe_exception

Request = TypeVar("Request")
Response = TypeVar("Response")

_PR_SET_PDEATHSIG = 1
_POLL_INTERVAL_S = 0.2
_OUT_OF_MEMORY = "Out of memory."


def process_context() -> ForkContext | SpawnContext:
    """Return the context that starts processes: fork, or spawn with GPUs or without fork."""
    if not hasattr(os, "fork") or tf.config.list_physical_devices("GPU"):
        if hasattr(signal, "pthread_sigmask"):
            # Otherwise it starts with the first process and unblocks the blocked signals.
            resource_tracker.ensure_running()
        return multiprocessing.get_context("spawn")
    from tensorflow.python.eager import context

    if context.context_safe() is not None and context.context()._initialized:  # noqa: SLF001 - no public way to ask
        message = "TensorFlow is already initialized in this process; forking it would deadlock."
        raise NnlabError(f"{message} Start from a new process.")
    return multiprocessing.get_context("fork")


class IsolatedProcess(Generic[Request, Response]):
    """Call a function in a new process for each request.

    Args:
        function: A function at the top level of a module.

    Attributes:
        forks: Whether processes are forked and inherit the request, instead of receiving a copy.

    Raises:
        NnlabError: This process has computed with TensorFlow.
    """

    def __init__(self, function: Callable[[Request], Response]) -> None:
        self._function = function
        self._context = process_context()
        self.forks = self._context.get_start_method() == "fork"

    def call(self, request: Request, stopped: Callable[[], bool]) -> Response | str:
        """Return the response of a new process, or the error as text."""
        process, connection = start_process(self._context, _respond, (self._function, request))
        try:
            while not connection.poll(_POLL_INTERVAL_S):
                if stopped():
                    raise RunInterrupted
            received: tuple[Response | None, str] = connection.recv()
        except (EOFError, OSError):
            process.join()
            return describe_exit(process.exitcode) or "The worker exited without a result."
        finally:
            process.kill()
            process.join()
            connection.close()
        response, error = received
        return error if response is None else response


def _respond(
    function: Callable[[Request], Response], request: Request, connection: Connection
) -> None:
    response, error = None, ""
    try:
        response = function(request)
    except (MemoryError, tf.errors.ResourceExhaustedError):
        error = _OUT_OF_MEMORY
    except Exception as raised:  # noqa: BLE001 - reported to the parent process
        error = describe_exception(raised, one_line=True)
    connection.send((response, error))
    connection.close()


def start_process(
    context: ForkContext | SpawnContext,
    function: Callable[..., None],
    arguments: Iterable[object],
    open_connections: Iterable[Connection] = (),
) -> tuple[BaseProcess, Connection]:
    """Start a process that calls a function, and return it and the connection to read from.

    Args:
        context: From `process_context`.
        function: A function at the top level of a module. The last argument that it receives is the
            connection to write to.
        arguments: The other arguments.
        open_connections: The connections to other processes, which a fork must close.
    """
    connection, worker_end = context.Pipe(duplex=False)
    forks = context.get_start_method() == "fork"
    inherited = [connection, *open_connections] if forks else []
    process = context.Process(
        target=_run_worker, args=(inherited, function, (*arguments, worker_end)), daemon=True
    )
    # Stop signals are blocked until the new process ignores them.
    can_block = hasattr(signal, "pthread_sigmask")
    if can_block:
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        process.start()
    finally:
        if can_block:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    worker_end.close()
    return process, connection


def _run_worker(
    inherited: Iterable[Connection], function: Callable[..., None], arguments: Iterable[object]
) -> None:
    """Call a function in this new process, which exits with its parent and prints nothing."""
    if sys.platform == "linux":
        # The kernel kills this process when its parent exits for any reason.
        parent = os.getppid()
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    # Stop signals (Ctrl-C, a closed terminal, `timeout`, a batch system) reach the whole process
    # group. The parent handles them and kills its workers. They are blocked as well, because a
    # training installs its handlers.
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    for connection in inherited:
        connection.close()
    # The parent writes to the terminal.
    null = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(null, descriptor)
    os.close(null)
    # A training keeps its objects until the process exits: garbage collection would find little.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    function(*arguments)


def describe_exit(exit_code: int | None) -> str | None:
    """Return why a process ended, or None for a normal exit."""
    if exit_code == 0:
        return None
    if exit_code is None or exit_code > 0:
        return f"The process ended with exit code {exit_code}."
    number = -exit_code
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = "unknown"
    guess = ", probably because the system ran out of memory" if name == "SIGKILL" else ""
    return f"The process was killed by signal {number} ({name}){guess}."
