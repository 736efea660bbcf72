"""The progress of a study of runs, such as a comparison: finished and running ones."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TextIO

from nnlab.report.progress.live_area import LiveArea, progress_bar
from nnlab.report.progress.run import Logs, format_logs
from nnlab.report.text.console import BrokenPipeSafeStream, is_terminal, terminal_console
from nnlab.report.text.formatting import format_seconds

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_MAX_METRICS = 3


def make_study_progress(stream: TextIO | None = None) -> StudyProgress:
    """Return live progress for a terminal, plain lines otherwise; None for standard error."""
    out = stream or sys.stderr
    return RichStudyProgress(terminal_console(out)) if is_terminal(out) else PlainStudyProgress(out)


class StudyProgress(Protocol):
    """A listener to a study. `stop` must be called at the end of every study."""

    def start(self, headline: str, runs: int, jobs: int) -> None:
        """Handle the start: a headline, the number of runs, and of runs at the same time."""

    def epoch(self, key: str, epoch: int, epochs: int, logs: Logs) -> None:
        """Handle the end of an epoch (from 1) of the run with this key."""

    def run_finished(self, key: str, outcome: str, seconds: float) -> None:
        """Handle the end of a run: its outcome and duration."""

    def message(self, text: str) -> None:
        """Show a message on a separate line."""

    def stop(self, outcome: str = "") -> None:
        """Handle the end of the study; a second call does nothing."""


class PlainStudyProgress:
    """A line for each finished run, and lines for the running ones if none finishes for long.

    Args:
        stream: The stream to write to.
        interval_s: Seconds without a line before the running runs are printed. Defaults to 10.
    """

    def __init__(self, stream: TextIO, interval_s: float = 10.0) -> None:
        self._stream = BrokenPipeSafeStream(stream)
        self._interval_s = interval_s
        self._state: _State | None = None
        self._next_line_at = 0.0

    def start(self, headline: str, runs: int, jobs: int) -> None:
        """See `StudyProgress.start`."""
        self._state = _State(runs, jobs)
        self.message(headline)

    def epoch(self, key: str, epoch: int, epochs: int, logs: Logs) -> None:
        """See `StudyProgress.epoch`."""
        if self._state is None:
            return
        self._state.running[key] = (epoch, epochs, logs)
        if time.monotonic() >= self._next_line_at:
            for line in self._state.format_running():
                self.message(line)

    def run_finished(self, key: str, outcome: str, seconds: float) -> None:
        """See `StudyProgress.run_finished`."""
        if self._state is None:
            return
        self._state.run_finished(key, seconds)
        width = len(str(self._state.runs))
        position = f"{self._state.finished:>{width}}/{self._state.runs}"
        parts = [position, key, outcome, format_seconds(seconds), self._state.format_remaining()]
        self.message("  ".join(filter(None, parts)))

    def message(self, text: str) -> None:
        """See `StudyProgress.message`."""
        self._next_line_at = time.monotonic() + self._interval_s
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def stop(self, outcome: str = "") -> None:
        """See `StudyProgress.stop`."""
        if self._state is not None and outcome:
            self.message(outcome)
        self._state = None


class RichStudyProgress:
    """A bar for the study, a line for each running run, and a permanent one for each finished."""

    def __init__(self, console: Console) -> None:
        self._area = LiveArea(console)
        self._state: _State | None = None

    def start(self, headline: str, runs: int, jobs: int) -> None:
        """See `StudyProgress.start`."""
        self.stop()
        self._state = state = _State(runs, jobs)
        self.message(headline)
        self._area.open(state.render)

    def epoch(self, key: str, epoch: int, epochs: int, logs: Logs) -> None:
        """See `StudyProgress.epoch`."""
        if self._state is not None:
            self._state.running[key] = (epoch, epochs, logs)
            self._area.refresh()

    def run_finished(self, key: str, outcome: str, seconds: float) -> None:
        """See `StudyProgress.run_finished`."""
        if self._state is None:
            return
        self._state.run_finished(key, seconds)
        self.message("  ".join(filter(None, (key, outcome, format_seconds(seconds)))))
        self._area.refresh()

    def message(self, text: str) -> None:
        """See `StudyProgress.message`."""
        self._area.message(text)

    def stop(self, outcome: str = "") -> None:
        """See `StudyProgress.stop`."""
        self._state = None
        self._area.close(outcome)


@dataclass
class _State:
    """The numbers shown by the progress; `running` holds epoch, epochs and logs by key."""

    runs: int
    jobs: int
    finished: int = 0
    busy_s: float = 0.0
    started: float = field(default_factory=time.monotonic)
    running: dict[str, tuple[int, int, Logs]] = field(default_factory=dict)

    def run_finished(self, key: str, seconds: float) -> None:
        self.running.pop(key, None)
        self.finished += 1
        self.busy_s += seconds

    def format_remaining(self) -> str:
        """Format the remaining time at the current pace; empty if unknown."""
        remaining = self.runs - self.finished
        if not self.finished or not remaining:
            return ""
        work_s = self.busy_s / self.finished * remaining
        return f"{format_seconds(work_s / max(1, min(self.jobs, remaining)))} left"

    def format_running(self) -> list[str]:
        """Format a line for each running run with a finished epoch."""
        lines = []
        for key, (epoch, epochs, logs) in self.running.items():
            metrics = format_logs(dict(list(logs.items())[:_MAX_METRICS]))
            lines.append(f"{key}  epoch {epoch:,}/{epochs:,}  {metrics}")
        return lines

    def render(self) -> RenderableType:
        """Render a bar and the running runs, for a terminal."""
        from rich.console import Group
        from rich.text import Text

        title = f"{self.finished:>{len(str(self.runs))}}/{self.runs} runs"
        elapsed = format_seconds(time.monotonic() - self.started)
        lines = (Text(line, no_wrap=True, overflow="ellipsis") for line in self.format_running())
        bar = progress_bar(title, self.finished, self.runs, elapsed, self.format_remaining())
        return Group(bar, *lines)
