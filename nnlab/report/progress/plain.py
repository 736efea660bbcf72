"""The progress of a run as plain lines, for a pipe or a log file."""

from __future__ import annotations

import time
from typing import TextIO

from nnlab.report.progress.events import Logs, StartInfo, format_logs
from nnlab.report.progress.state import RunState
from nnlab.report.text.console import BrokenPipeSafeStream
from nnlab.report.text.numbers import format_seconds


class PlainProgress:
    """A line per epoch, but at most one per interval; always the first and the last.

    Args:
        stream: Where to write.
        interval_s: The minimum number of seconds between two lines. Defaults to 1.
    """

    def __init__(self, stream: TextIO, interval_s: float = 1.0) -> None:
        self._stream = BrokenPipeSafeStream(stream)
        self._interval_s = interval_s
        self._state: RunState | None = None
        self._printed_epoch = 0
        self._next_line_at = 0.0

    def start(self, info: StartInfo) -> None:
        """See `Progress.start`."""
        self._state = RunState(info)
        self._printed_epoch = 0
        self._next_line_at = 0.0
        self.message(info.headline())

    def batch(self, epoch: int, step: int, logs: Logs) -> None:  # noqa: ARG002 - the epoch is known
        """See `Progress.batch`."""
        if self._state is not None:
            self._state.batch(step, logs)

    def epoch(self, epoch: int, logs: Logs, *, best: bool, seconds: float) -> None:
        """See `Progress.epoch`."""
        if self._state is None:
            return
        self._state.epoch(epoch, logs, best=best, seconds=seconds)
        now = time.monotonic()
        if now >= self._next_line_at:
            self._next_line_at = now + self._interval_s
            self._print_epoch(self._state)

    def message(self, text: str) -> None:
        """See `Progress.message`."""
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def stop(self, outcome: str = "") -> None:
        """See `Progress.stop`."""
        if self._state is None:
            return
        if self._state.epochs_done > self._printed_epoch:
            self._print_epoch(self._state)
        if outcome:
            self.message(outcome)
        self._state = None

    def _print_epoch(self, state: RunState) -> None:
        """Print the line of the last epoch."""
        self._printed_epoch = state.epochs_done
        total = str(state.info.epochs)
        parts = [
            f"epoch {state.epochs_done:>{len(total)}}/{total}",
            format_logs(state.logs),
            state.format_best(),
            format_seconds(state.seconds),
            state.format_remaining(),
        ]
        self.message("  ".join(part for part in parts if part))
