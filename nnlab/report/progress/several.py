"""Progress of several runs at once: the whole of them, and those at work."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TextIO

from nnlab.report.progress.events import Logs, logs_text
from nnlab.report.progress.lines import Lines
from nnlab.report.progress.live_area import LiveArea, bar
from nnlab.report.text.console import is_terminal, terminal_console
from nnlab.report.text.numbers import format_seconds

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_INTERVAL_S = 10.0
_SHOWN = 3


class StudyProgress(Protocol):
    """Listens to several runs. `stop` must be called however they end."""

    def start(self, headline: str, runs: int, jobs: int) -> None:
        """The work begins.

        Args:
            headline: What it is, one line.
            runs: How many runs there are to do.
            jobs: How many at the same time.
        """

    def epoch(self, key: str, epoch: int, epochs: int, logs: Logs) -> None:
        """A run has come through an epoch.

        Args:
            key: The run's name.
            epoch: The epoch, from 1.
            epochs: Epochs at most.
            logs: The epoch's values by name.
        """

    def ended(self, key: str, words: str, seconds: float) -> None:
        """A run has ended.

        Args:
            key: The run's name.
            words: What came of it.
            seconds: How long it took.
        """

    def message(self, text: str) -> None:
        """Something is worth a line of its own.

        Args:
            text: The line.
        """

    def stop(self, outcome: str = "") -> None:
        """The work is over. A second call does nothing.

        Args:
            outcome: How it ended, in a few words; may be empty.
        """


@dataclass
class _State:
    """What is known of the runs."""

    runs: int
    jobs: int
    done: int = 0
    busy_s: float = 0.0

    def __post_init__(self) -> None:
        self.started = time.monotonic()
        self.working: dict[str, tuple[int, int, Logs]] = {}

    def end(self, key: str, seconds: float) -> None:
        self.working.pop(key, None)
        self.done += 1
        self.busy_s += seconds

    def left_text(self) -> str:
        """The time that is left at the pace so far; empty where nobody can tell."""
        left = self.runs - self.done
        if not self.done or not left:
            return ""
        return (
            f"{format_seconds(self.busy_s / self.done * left / max(1, min(self.jobs, left)))} left"
        )

    def at_work(self) -> list[str]:
        """A line for each run that has told of itself."""
        lines = []
        for key, (epoch, epochs, logs) in self.working.items():
            few = dict(list(logs.items())[:_SHOWN])
            lines.append(f"{key}  epoch {epoch:,}/{epochs:,}  {logs_text(few)}")
        return lines


class PlainStudyProgress:
    """A line for each run that ends; where none does for long, those at work.

    Args:
        stream: Where to write.
        interval_s: Seconds without a line, at most, while runs tell of themselves.
    """

    def __init__(self, stream: TextIO, interval_s: float = _INTERVAL_S) -> None:
        self._lines = Lines(stream)
        self._interval_s = interval_s
        self._state: _State | None = None
        self._due = 0.0

    def start(self, headline: str, runs: int, jobs: int) -> None:
        """See `StudyProgress.start`."""
        self._state = _State(runs, jobs)
        self.message(headline)

    def epoch(self, key: str, epoch: int, epochs: int, logs: Logs) -> None:
        """See `StudyProgress.epoch`."""
        if self._state is None:
            return
        self._state.working[key] = (epoch, epochs, logs)
        if time.monotonic() >= self._due:
            for line in self._state.at_work():
                self.message(line)

    def ended(self, key: str, words: str, seconds: float) -> None:
        """See `StudyProgress.ended`."""
        if self._state is None:
            return
        self._state.end(key, seconds)
        width = len(str(self._state.runs))
        place = f"{self._state.done:>{width}}/{self._state.runs}"
        parts = [place, key, words, format_seconds(seconds), self._state.left_text()]
        self.message("  ".join(part for part in parts if part))

    def message(self, text: str) -> None:
        """See `StudyProgress.message`."""
        self._due = time.monotonic() + self._interval_s
        self._lines.write(text)

    def stop(self, outcome: str = "") -> None:
        """See `StudyProgress.stop`."""
        if self._state is not None and outcome:
            self.message(outcome)
        self._state = None


class RichStudyProgress:
    """A bar for the whole, a line for each run at work, and one that stays for each that ended.

    Args:
        console: The console on the terminal.
    """

    def __init__(self, console: Console) -> None:
        self._area = LiveArea(console)
        self._state: _State | None = None

    def start(self, headline: str, runs: int, jobs: int) -> None:
        """See `StudyProgress.start`."""
        self.stop()
        self._state = state = _State(runs, jobs)
        self.message(headline)
        self._area.open(lambda: _painted(state))

    def epoch(self, key: str, epoch: int, epochs: int, logs: Logs) -> None:
        """See `StudyProgress.epoch`."""
        if self._state is not None:
            self._state.working[key] = (epoch, epochs, logs)
            self._area.refresh()

    def ended(self, key: str, words: str, seconds: float) -> None:
        """See `StudyProgress.ended`."""
        if self._state is None:
            return
        self._state.end(key, seconds)
        self.message("  ".join(filter(None, (key, words, format_seconds(seconds)))))
        self._area.refresh()

    def message(self, text: str) -> None:
        """See `StudyProgress.message`."""
        self._area.message(text)

    def stop(self, outcome: str = "") -> None:
        """See `StudyProgress.stop`."""
        self._state = None
        self._area.close(outcome)


class SilentStudyProgress:
    """Shows nothing."""

    def start(self, headline: str, runs: int, jobs: int) -> None:
        """See `StudyProgress.start`."""

    def epoch(self, key: str, epoch: int, epochs: int, logs: Logs) -> None:
        """See `StudyProgress.epoch`."""

    def ended(self, key: str, words: str, seconds: float) -> None:
        """See `StudyProgress.ended`."""

    def message(self, text: str) -> None:
        """See `StudyProgress.message`."""

    def stop(self, outcome: str = "") -> None:
        """See `StudyProgress.stop`."""


def make_study_progress(stream: TextIO | None = None) -> StudyProgress:
    """The progress that suits a stream.

    Args:
        stream: Where to show it; None for standard error.

    Returns:
        Live lines where a person watches in a terminal, else plain ones.
    """
    out = stream or sys.stderr
    return RichStudyProgress(terminal_console(out)) if is_terminal(out) else PlainStudyProgress(out)


def _painted(state: _State) -> RenderableType:
    """The bar and the runs at work as they stand now."""
    from rich.console import Group
    from rich.text import Text

    title = f"{state.done:>{len(str(state.runs))}}/{state.runs} runs"
    elapsed = format_seconds(time.monotonic() - state.started)
    lines = (Text(line, no_wrap=True, overflow="ellipsis") for line in state.at_work())
    return Group(bar(title, state.done, state.runs, elapsed, state.left_text()), *lines)
