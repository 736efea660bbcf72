"""Fresh processes: how one starts, settles down, answers, and what its death means.

This process has loaded TensorFlow, which takes two seconds, and must not compute with it: a process
that has done so hangs in its forks.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, SpawnContext
from typing import Generic, TypeVar

import tensorflow as tf

from nnlab.engine.runtime.signals import STOP_SIGNALS
from nnlab.errors import NnlabError, RunInterrupted, describe_exception

Request = TypeVar("Request")
Response = TypeVar("Response")

_PR_SET_PDEATHSIG = 1
_WAIT_S = 0.2
_MEMORY = "Memory ran out."


def process_context() -> ForkContext | SpawnContext:
    """How processes are made here.

    Returns:
        Forks of this one where they can be: a forked process cannot use a GPU that its parent has
        looked at. Else new ones.

    Raises:
        NnlabError: This process has computed with TensorFlow.
    """
    if not hasattr(os, "fork") or tf.config.list_physical_devices("GPU"):
        if hasattr(signal, "pthread_sigmask"):
            # It starts with the first new process, and lets through what is held back from that.
            resource_tracker.ensure_running()
        return multiprocessing.get_context("spawn")
    _require_no_computation()
    return multiprocessing.get_context("fork")


class IsolatedProcess(Generic[Request, Response]):
    """Answers questions, each in a process of its own, one after the other.

    Args:
        function: Answers one; at the top of a module.

    Attributes:
        forks: Whether a question is there without being sent, however large it is.

    Raises:
        NnlabError: This process has computed with TensorFlow.
    """

    def __init__(self, function: Callable[[Request], Response]) -> None:
        self._function = function
        self._context = process_context()
        self.forks = self._context.get_start_method() == "fork"

    def ask(self, question: Request, stopped: Callable[[], bool]) -> Response | str:
        """Have a question answered.

        Args:
            question: The question.
            stopped: Whether to give up; asked five times a second.

        Returns:
            The answer; or a sentence, why there is none: whatever happens to the process, killed or
            out of memory, happens to it alone.

        Raises:
            RunInterrupted: It was given up; the process is gone.
        """
        told, telling = self._context.Pipe(duplex=False)
        others = [told] if self.forks else []
        process = self._context.Process(
            target=_answer, args=(self._function, question, telling, others), daemon=True
        )
        with block_signals():
            process.start()
        telling.close()
        try:
            while not told.poll(_WAIT_S):
                if stopped():
                    raise RunInterrupted
            heard: tuple[Response | None, str] = told.recv()
        except (EOFError, OSError):
            process.join()
            return describe_exit(process.exitcode) or "The process ended without a word."
        finally:
            process.kill()
            process.join()
            told.close()
        answer, error = heard
        return error if answer is None else answer


def _answer(
    function: Callable[[Request], Response],
    question: Request,
    telling: Connection,
    others: Iterable[Connection],
) -> None:
    init_worker(others)
    answer, error = None, ""
    try:
        answer = function(question)
    except (MemoryError, tf.errors.ResourceExhaustedError):
        error = _MEMORY
    except Exception as raised:  # noqa: BLE001 - whatever ends it must not end its owner
        error = describe_exception(raised, one_line=True)
    telling.send((answer, error))
    telling.close()


def init_worker(others: Iterable[Connection]) -> None:
    """Make a process that has just begun one that works for another, and ends with it.

    Args:
        others: Ends of others' connections, which a forked process holds, too.
    """
    _die_with_parent(os.getppid())
    # What asks a process to end (Ctrl-C, a terminal that is closed, `timeout`, a batch system)
    # reaches all of a group: what that means for a task, its owner decides, and kills this one.
    # Blocked as well, as a training takes over what is done about it.
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    for other in others:
        other.close()
    _redirect_output_to_devnull()
    # What a training makes it keeps to its end, and then the process is gone: nothing to collect
    # in the short run, and little in a long one.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@contextlib.contextmanager
def block_signals() -> Iterator[None]:
    """Hold back what asks a process to end, until a new one has got its own way to take it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)


def describe_exit(exit_code: int | None) -> str | None:
    """Why a process ended, where it did not do so by itself.

    Args:
        exit_code: Its exit code; below 0 the signal that killed it.

    Returns:
        A sentence or two; None for an exit code of 0.
    """
    if exit_code == 0:
        return None
    if exit_code is None or exit_code > 0:
        return f"The process ended with exit code {exit_code}."
    number = -exit_code
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = "unknown"
    guess = ", as the system does with what takes too much memory" if name == "SIGKILL" else ""
    return f"The process was killed by signal {number} ({name}){guess}."


def _require_no_computation() -> None:
    from tensorflow.python.eager import context

    if context.context_safe() is not None and context.context()._initialized:  # noqa: SLF001 - no public way to ask
        message = "Expected a process in which TensorFlow has computed nothing yet: its forks hang."
        raise NnlabError(f"{message} Start this work from a new process.")


def _die_with_parent(parent: int) -> None:
    """Have the kernel end this process when the one that made it is gone, killed or not."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _redirect_output_to_devnull() -> None:
    """Send output to the null device: the screen belongs to the owner."""
    null = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(null, descriptor)
    os.close(null)
