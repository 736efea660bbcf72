"""The progress of a search as plain lines, for a pipe or a log file."""

from __future__ import annotations

from typing import TextIO

from nnlab.report.progress.events import Logs
from nnlab.report.progress.search_state import SearchInfo, SearchState
from nnlab.report.text.console import BrokenPipeSafeStream
from nnlab.report.text.numbers import format_metric, format_seconds
from nnlab.runs.records.trial import FrozenTrial

_MAX_WIDTH = 120
_SEPARATOR = "  "


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
