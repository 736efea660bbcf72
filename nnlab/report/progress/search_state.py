"""What a listener remembers of a search: trials by status, the best one, the pace."""

from __future__ import annotations

import time
from dataclasses import dataclass

from nnlab.report.numbers import metric_text, seconds_text
from nnlab.report.progress.search_events import SearchInfo
from nnlab.runs.trial import TrialRecord, TrialStatus, ranked

_LINE = 80
_SHORTENED = ("model.layers.", "model.", "training.", "data.")


@dataclass
class RunningTrial:
    """A trial at work.

    Args:
        record: Its record.
        epoch: Epochs done.
        epochs: Epochs at most; 0 as long as nobody knows.
    """

    record: TrialRecord
    epoch: int = 0
    epochs: int = 0

    @property
    def share(self) -> float:
        """How much of it is done."""
        return self.epoch / self.epochs if self.epochs else 0.0


class SearchState:
    """The numbers behind the progress that is shown.

    Args:
        info: What is known of the search.
        trials: Those that an earlier sitting has left.
    """

    def __init__(self, info: SearchInfo, trials: list[TrialRecord]) -> None:
        self.info = info
        self.started = time.monotonic()
        self.running: dict[int, RunningTrial] = {}
        self.complete = self.failed = 0
        self.best: TrialRecord | None = None
        for trial in trials:
            if trial.is_over:
                self._count(trial)
        self._before = self.over

    @property
    def over(self) -> int:
        """Trials that have ended."""
        return self.complete + self.failed

    def began(self, trial: TrialRecord) -> None:
        """Takes in a trial that begins."""
        self.running[trial.number] = RunningTrial(trial)

    def epoch(self, number: int, epoch: int, epochs: int) -> None:
        """Takes in an epoch of a trial at work."""
        if number in self.running:
            self.running[number].epoch, self.running[number].epochs = epoch, epochs

    def ended(self, trial: TrialRecord) -> bool:
        """Takes in a trial that has ended.

        Returns:
            Whether it is the best so far.
        """
        self.running.pop(trial.number, None)
        return self._count(trial)

    def done(self) -> float:
        """Trials that are done, and parts of those at work."""
        return self.over + sum(trial.share for trial in self.running.values())

    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def left_s(self) -> float | None:
        """Seconds that are left; None before there is any pace.

        The first epochs of the first trials hold loading and compiling: they tell no pace.
        """
        new, rest = self.done() - self._before, self.info.max_trials - self.done()
        by_pace = self.elapsed_s() * rest / new if self.over > self._before else None
        if self.info.max_time is None:
            return by_pace
        by_clock = max(0.0, self.info.max_time - self.elapsed_s())
        return by_clock if by_pace is None else min(by_pace, by_clock)

    def left_text(self) -> str:
        """The time that is left, in words; empty where nobody can tell."""
        left = self.left_s()
        return "" if left is None or not self.running else f"{seconds_text(left)} left"

    def counts_text(self) -> str:
        """How many trials are done, at work, failed."""
        parts = [f"{self.complete} done", f"{len(self.running)} running"]
        return ", ".join([*parts, f"{self.failed} failed"] if self.failed else parts)

    def best_text(self) -> str:
        """The best trial so far and its score; empty where there is none."""
        if self.best is None or self.best.score is None:
            return ""
        score = f"{self.info.objective} {metric_text(self.best.score)}"
        return f"best {score} (trial {self.best.number})"

    def _count(self, trial: TrialRecord) -> bool:
        if trial.status is not TrialStatus.COMPLETE:
            self.failed += 1
            return False
        self.complete += 1
        known = [trial] if self.best is None else [self.best, trial]
        self.best = ranked(known, self.info.direction)[0]
        return self.best is trial


def values_text(trial: TrialRecord) -> str:
    """What a trial tries, on one line.

    Args:
        trial: The trial.

    Returns:
        Its values, the names without what most of them begin with.

    Example:
        >>> values = {"model.layers.0.Dense.units": 64, "training.optimizer": "adam"}
        >>> values_text(TrialRecord(1, values))
        '0.Dense.units=64 optimizer=adam'
    """
    return " ".join(f"{_short(name)}={_plain(value)}" for name, value in trial.values.items())


def shortened(text: str) -> str:
    """A text that is no longer than a line takes.

    Args:
        text: The text.
    """
    return text if len(text) <= _LINE else f"{text[: _LINE - 1]}…"


def _short(name: str) -> str:
    for start in _SHORTENED:
        if name.startswith(start):
            return name.removeprefix(start)
    return name


def _plain(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
