"""Ctrl-C, SIGTERM and a closed terminal as wishes, heeded between two steps of a run."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

# A terminal that is closed; Windows has none of that.
_HANGUP = getattr(signal, "SIGHUP", None)
ENDING = tuple(one for one in (signal.SIGINT, signal.SIGTERM, _HANGUP) if one is not None)
# Once to stop, once more to skip what can be skipped; whoever asks a third time wants out at once.
_PATIENCE = 2


class Stopped(Exception):  # noqa: N818 - a wish of the user's, not a fault
    """The user has asked the run to stop, and it has come to a place where it can."""


class Interruption:
    """Notes the signals that ask a process to end, while a run can still save what it has.

    A Python signal handler may run between any two instructions: an exception from there could
    leave half-copied weights. So it only counts, and `check` raises where the run is in a sound
    state. Outside the main thread, where Python sets no handlers, it notes nothing.

    Example:
        >>> with Interruption() as interruption:
        ...     signal.raise_signal(signal.SIGINT)
        ...     interruption.requested, interruption.interrupted_twice
        (True, False)
    """

    def __init__(self) -> None:
        self._count = 0
        self._before: dict[signal.Signals, Any] = {}

    @property
    def requested(self) -> bool:
        """Whether the user wants the run to end."""
        return self._count > 0

    @property
    def interrupted_twice(self) -> bool:
        """Whether the user has asked again: what is not needed should be skipped."""
        return self._count > 1

    def check(self) -> None:
        """Stop here if the user wants it.

        Raises:
            Stopped: The user wants it.
        """
        if self._count:
            raise Stopped

    def __enter__(self) -> Self:
        """Start to listen."""
        if threading.current_thread() is threading.main_thread():
            # `nohup` has that of a terminal ignored: there the run is to outlive it.
            self._before = {
                number: signal.signal(number, self._note)
                for number in ENDING
                if number != _HANGUP or signal.getsignal(number) is not signal.SIG_IGN
            }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signals back to whoever had them."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    def _note(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._count += 1
        if self._count > _PATIENCE:
            raise KeyboardInterrupt
