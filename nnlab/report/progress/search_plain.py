"""Progress of a search as plain lines, for a pipe or a log file."""

from __future__ import annotations

from typing import TextIO

from nnlab.report.progress.events import Logs
from nnlab.report.progress.lines import Lines
from nnlab.report.progress.search_events import SearchInfo
from nnlab.report.progress.search_state import SearchState
from nnlab.report.text.numbers import format_metric, format_seconds
from nnlab.runs.records.trial import FrozenTrial

# Of a line; a log is read in an editor, or cut by the terminal.
_WIDTH = 120
_BETWEEN = "  "


class PlainSearchProgress:
    """One line a trial, when it has ended.

    Args:
        stream: Where to write.
    """

    def __init__(self, stream: TextIO) -> None:
        self._lines = Lines(stream)
        self._state: SearchState | None = None

    def start(self, info: SearchInfo, trials: list[FrozenTrial]) -> None:
        """See `SearchProgress.start`."""
        self._state = SearchState(info, trials)
        self.message(info.headline())
        if standing := self._state.standing_text():
            self.message(standing)

    def trial_began(self, trial: FrozenTrial) -> None:
        """See `SearchProgress.trial_began`."""
        if self._state is not None:
            self._state.began(trial)

    def epoch(self, number: int, epoch: int, epochs: int, logs: Logs) -> None:
        """See `SearchProgress.epoch`."""

    def trial_ended(self, trial: FrozenTrial) -> None:
        """See `SearchProgress.trial_ended`."""
        if self._state is None:
            return
        is_best = self._state.ended(trial)
        info = self._state.info
        if trial.score is None:
            result = f"failed: {trial.reason}"
        else:
            result = f"{info.objective} {format_metric(trial.score)}"
        before = [
            f"trial {trial.number:>{len(str(info.max_trials))}}/{info.max_trials}",
            result + (" (best)" if is_best else ""),
        ]
        after = [part for part in (format_seconds(trial.seconds), self._state.left_text()) if part]
        room = _WIDTH - sum(len(part) + len(_BETWEEN) for part in [*before, *after])
        values = self._state.values.text(trial, room)
        self.message(_BETWEEN.join([*before, *([values] if values else []), *after]))

    def retraining(self, best: FrozenTrial) -> None:
        """See `SearchProgress.retraining`."""
        self.message(f"Training the best once more: trial {best.number}.")

    def tick(self) -> None:
        """See `SearchProgress.tick`."""

    def message(self, text: str) -> None:
        """See `SearchProgress.message`."""
        self._lines.write(text)

    def stop(self, outcome: str = "") -> None:
        """See `SearchProgress.stop`."""
        if self._state is None:
            return
        self._state = None
        if outcome:
            self.message(outcome)
