"""Progress of a search as a live view in a terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from nnlab.report.progress.events import Logs, logs_text
from nnlab.report.progress.live_area import LiveArea, bar
from nnlab.report.progress.search_events import SearchInfo
from nnlab.report.progress.search_state import RunningTrial, SearchState
from nnlab.report.text.numbers import format_metric, format_seconds
from nnlab.runs.records.trial import FrozenTrial

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_INTERVAL_S = 0.1


class LiveSearchProgress:
    """A bar for the search, a line for each trial at work, the best so far with its values.

    It is painted where the search says that time has passed, not by a thread of Rich's: a process
    with threads should not fork.

    Args:
        console: The console on the terminal.
    """

    def __init__(self, console: Console) -> None:
        self._area = LiveArea(console)
        self._state: SearchState | None = None
        self._logs: dict[int, Logs] = {}
        self._objective = ""
        self._due = 0.0

    def start(self, info: SearchInfo, trials: list[FrozenTrial]) -> None:
        """See `SearchProgress.start`."""
        self.stop()
        self._state = state = SearchState(info, trials)
        self._objective = info.objective
        self.message(info.headline())
        if standing := state.standing_text():
            self.message(standing)
        self._area.open(lambda: self._painted(state), vanishes=True)

    def trial_began(self, trial: FrozenTrial) -> None:
        """See `SearchProgress.trial_began`."""
        if self._state is not None:
            self._state.began(trial)

    def epoch(self, number: int, epoch: int, epochs: int, logs: Logs) -> None:
        """See `SearchProgress.epoch`."""
        if self._state is not None:
            self._state.epoch(number, epoch, epochs)
            self._logs[number] = logs

    def trial_ended(self, trial: FrozenTrial) -> None:
        """See `SearchProgress.trial_ended`."""
        if self._state is None:
            return
        self._logs.pop(trial.number, None)
        is_best = self._state.ended(trial)
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
            self.message(f"Training the best once more: trial {best.number}.")
            self._area.refresh()

    def tick(self) -> None:
        """See `SearchProgress.tick`."""
        now = time.monotonic()
        if now >= self._due:
            self._due = now + _INTERVAL_S
            self._area.refresh()

    def message(self, text: str) -> None:
        """See `SearchProgress.message`."""
        self._area.message(text)

    def stop(self, outcome: str = "") -> None:
        """See `SearchProgress.stop`."""
        self._state = None
        self._area.close(outcome)

    def _painted(self, state: SearchState) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        elapsed = format_seconds(state.elapsed_s())
        if state.retrained is not None:
            trial = state.retrained
            title = f"the best, {trial.place_text()}"
            logs = self._logs_text(trial.record.number)
            return Group(bar(title, trial.epoch, trial.epochs, elapsed), _line(logs, "dim"))
        most = state.info.max_trials
        title, times = f"trials {state.over}/{most}", (elapsed, state.left_text())
        lines = [bar(title, state.done(), most, *times), Text(state.counts_text())]
        lines += [self._at_work(trial) for trial in state.running.values()]
        if state.best is not None:
            best = f"{state.best_text()}  "
            room = self._area.width - len(best)
            lines.append(_line(best + state.values.text(state.best, room), "green"))
        return Group(*lines)

    def _at_work(self, trial: RunningTrial) -> RenderableType:
        number = trial.record.number
        text = f"trial {number}  {trial.place_text()}  {self._logs_text(number)}"
        return _line(text.rstrip(), "dim")

    def _logs_text(self, number: int) -> str:
        """The last values of a training, that first by which it is judged."""
        logs, objective = self._logs.get(number, {}), self._objective
        return logs_text({**({objective: logs[objective]} if objective in logs else {}), **logs})


def _line(text: str, style: str) -> RenderableType:
    from rich.text import Text

    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
