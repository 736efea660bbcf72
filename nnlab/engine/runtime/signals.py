"""Defer SIGINT, SIGTERM and SIGHUP until the end of the current training step."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

from nnlab.errors import RunInterrupted

# Sent when a terminal closes; Windows does not have it.
_SIGHUP = getattr(signal, "SIGHUP", None)
STOP_SIGNALS = tuple(
    number for number in (signal.SIGINT, signal.SIGTERM, _SIGHUP) if number is not None
)
# The first signal stops the run, the second skips what is optional, the third ends the process.
_MAX_DEFERRED = 2


class Interruption:
    """Counts the stop signals of a process, for a run to check when it can save its state.

    A Python signal handler may run between any two instructions: raising there could leave
    half-copied weights. The handler only counts, and `check` raises. Outside the main thread, where
    Python sets no handlers, no signal is counted.

    Example:
        >>> with Interruption() as interruption:
        ...     signal.raise_signal(signal.SIGINT)
        ...     interruption.requested, interruption.interrupted_twice
        (True, False)
    """

    def __init__(self) -> None:
        self._count = 0
        self._previous_handlers: dict[signal.Signals, Any] = {}

    @property
    def requested(self) -> bool:
        """Whether the user has asked the run to stop."""
        return self._count > 0

    @property
    def interrupted_twice(self) -> bool:
        """Whether the user has asked again: skip optional work."""
        return self._count > 1

    def check(self) -> None:
        """Raise `RunInterrupted` if the user has asked the run to stop."""
        if self._count:
            raise RunInterrupted

    def __enter__(self) -> Self:
        """Install the handlers."""
        if threading.current_thread() is threading.main_thread():
            # Under `nohup` SIGHUP is ignored: the run must outlive the terminal.
            self._previous_handlers = {
                number: signal.signal(number, self._count_signal)
                for number in STOP_SIGNALS
                if number != _SIGHUP or signal.getsignal(number) is not signal.SIG_IGN
            }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Restore the previous handlers."""
        for number, handler in self._previous_handlers.items():
            signal.signal(number, handler)
        self._previous_handlers = {}

    def _count_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._count += 1
        if self._count > _MAX_DEFERRED:
            raise KeyboardInterrupt
