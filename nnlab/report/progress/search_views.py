"""The progress of a search: a live view for a terminal, plain lines for a pipe or a log file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

from nnlab.report.progress.live_area import LiveArea, progress_bar
from nnlab.report.progress.run import Logs, format_logs
from nnlab.report.progress.search import RunningTrial, SearchInfo, SearchState
from nnlab.report.text.console import BrokenPipeSafeStream
from nnlab.report.text.formatting import format_metric, format_seconds
from nnlab.runs.records.trial import FrozenTrial

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_INTERVAL_S = 0.1
_MAX_WIDTH = 120
_SEPARATOR = "  "


class RichSearchProgress:
    """A bar for the search, a line for each running trial, and the best trial with its values.

    Rendered by the search's ticks, not by a thread: a process with threads should not fork.
    """

    def __init__(self, console: Console) -> None:
        self._area = LiveArea(console)
        self._state: SearchState | None = None
        self._logs: dict[int, Logs] = {}
        self._next_refresh_at = 0.0

    def start(self, info: SearchInfo, trials: list[FrozenTrial]) -> None:
        """See `SearchProgress.start`."""
        self.stop()
        self._state = state = SearchState(info, trials)
        self.message(info.headline())
        if resumed := state.format_resumed():
            self.message(resumed)
        self._area.open(lambda: self._render(state), transient=True)

    def trial_started(self, trial: FrozenTrial) -> None:
        """See `SearchProgress.trial_started`."""
        if self._state is not None:
            self._state.trial_started(trial)

    def epoch(self, number: int, epoch: int, epochs: int, logs: Logs) -> None:
        """See `SearchProgress.epoch`."""
        if self._state is not None:
            self._state.epoch(number, epoch, epochs)
            self._logs[number] = logs

    def trial_finished(self, trial: FrozenTrial) -> None:
        """See `SearchProgress.trial_finished`."""
        if self._state is None:
            return
        self._logs.pop(trial.number, None)
        is_best = self._state.trial_finished(trial)
        if trial.score is None:
            self.message(f"Trial {trial.number} failed: {trial.reason}")
        elif is_best:
            score = f"{self._state.info.objective} {format_metric(trial.score)}"
            self.message(f"Trial {trial.number} is the best so far: {score}")

    def retraining(self, best: FrozenTrial) -> None:
        """See `SearchProgress.retraining`."""
        if self._state is not None:
            self._logs.clear()
            self._state.retraining(best)
            self.message(f"Retraining the best trial, {best.number}.")
            self._area.refresh()

    def tick(self) -> None:
        """See `SearchProgress.tick`."""
        now = time.monotonic()
        if now >= self._next_refresh_at:
            self._next_refresh_at = now + _INTERVAL_S
            self._area.refresh()

    def message(self, text: str) -> None:
        """See `SearchProgress.message`."""
        self._area.message(text)

    def stop(self, outcome: str = "") -> None:
        """See `SearchProgress.stop`."""
        self._state = None
        self._area.close(outcome)

    def _render(self, state: SearchState) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        elapsed = format_seconds(time.monotonic() - state.started)
        if state.retrained is not None:
            trial = state.retrained
            title = f"retraining, {trial.format_position()}"
            bar = progress_bar(title, trial.epoch, trial.epochs, elapsed)
            return Group(bar, _line(self._format_logs(state, trial), "dim"))
        max_trials = state.info.max_trials
        title, times = f"trials {state.finished}/{max_trials}", (elapsed, state.format_remaining())
        bar = progress_bar(title, state.completed_trials(), max_trials, *times)
        lines = [bar, Text(state.format_counts())]
        for trial in state.running.values():
            position = f"trial {trial.record.number}  {trial.format_position()}"
            lines.append(_line(f"{position}  {self._format_logs(state, trial)}".rstrip(), "dim"))
        if state.best is not None:
            best = f"{state.format_best()}  "
            values = state.values.format(state.best, self._area.width - len(best))
            lines.append(_line(best + values, "green"))
        return Group(*lines)

    def _format_logs(self, state: SearchState, trial: RunningTrial) -> str:
        """Format the last values of a training, the objective first."""
        logs, objective = self._logs.get(trial.record.number, {}), state.info.objective
        return format_logs({**({objective: logs[objective]} if objective in logs else {}), **logs})


def _line(text: str, style: str) -> RenderableType:
    from rich.text import Text

    return Text(text, style=style, no_wrap=True, overflow="ellipsis")


class PlainSearchProgress:
    """A line for each finished trial."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = BrokenPipeSafeStream(stream)
        self._state: SearchState | None = None

    def start(self, info: SearchInfo, trials: list[FrozenTrial]) -> None:
        """See `SearchProgress.start`."""
        self._state = SearchState(info, trials)
        self.message(info.headline())
        if resumed := self._state.format_resumed():
            self.message(resumed)

    def trial_started(self, trial: FrozenTrial) -> None:
        """See `SearchProgress.trial_started`."""
        if self._state is not None:
            self._state.trial_started(trial)

    def epoch(self, number: int, epoch: int, epochs: int, logs: Logs) -> None:
        """See `SearchProgress.epoch`."""

    def trial_finished(self, trial: FrozenTrial) -> None:
        """See `SearchProgress.trial_finished`."""
        if self._state is None:
            return
        is_best = self._state.trial_finished(trial)
        info = self._state.info
        if trial.score is None:
            result = f"failed: {trial.reason}"
        else:
            result = f"{info.objective} {format_metric(trial.score)}"
        start = [
            f"trial {trial.number:>{len(str(info.max_trials))}}/{info.max_trials}",
            result + (" (best)" if is_best else ""),
        ]
        end = list(filter(None, (format_seconds(trial.seconds), self._state.format_remaining())))
        width = _MAX_WIDTH - sum(len(part) + len(_SEPARATOR) for part in [*start, *end])
        values = self._state.values.format(trial, width)
        self.message(_SEPARATOR.join([*start, *([values] if values else []), *end]))

    def retraining(self, best: FrozenTrial) -> None:
        """See `SearchProgress.retraining`."""
        self.message(f"Retraining the best trial, {best.number}.")

    def tick(self) -> None:
        """See `SearchProgress.tick`."""

    def message(self, text: str) -> None:
        """See `SearchProgress.message`."""
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def stop(self, outcome: str = "") -> None:
        """See `SearchProgress.stop`."""
        if self._state is None:
            return
        self._state = None
        if outcome:
            self.message(outcome)
