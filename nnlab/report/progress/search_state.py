"""What a listener remembers of a search: trials by status, the best one, the pace."""

from __future__ import annotations

import statistics
import time
from collections import deque
from dataclasses import dataclass, field

from nnlab.report.progress.search_events import SearchInfo
from nnlab.report.progress.trial_values import TrialValues
from nnlab.report.text.numbers import format_metric, format_seconds
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, ranked
from nnlab.text import plural

_RECENT = 20


@dataclass
class RunningTrial:
    """A trial at work.

    Args:
        record: Its record.
        epoch: Epochs done.
        epochs: Epochs at most; 0 as long as nobody knows.
        began: When it began.
    """

    record: FrozenTrial
    epoch: int = 0
    epochs: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def share(self) -> float:
        """How much of it is done."""
        return self.epoch / self.epochs if self.epochs else 0.0

    def place_text(self) -> str:
        """How far it is."""
        if not self.epochs:
            return "starting"
        return f"epoch {self.epoch}/{self.epochs}" if self.epoch else f"first of {self.epochs:,}"


class SearchState:
    """The numbers behind the progress that is shown.

    Args:
        info: What is known of the search.
        trials: Those that an earlier sitting has left.
    """

    def __init__(self, info: SearchInfo, trials: list[FrozenTrial]) -> None:
        self.info = info
        self.started = time.monotonic()
        self.running: dict[int, RunningTrial] = {}
        self.retrained: RunningTrial | None = None
        self.complete = self.failed = 0
        self.best: FrozenTrial | None = None
        self.values = TrialValues(info.space)
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._busy_s = 0.0
        for trial in trials:
            if trial.is_finished:
                self.values.see(trial)
                self._count(trial)

    @property
    def over(self) -> int:
        """Trials that have ended."""
        return self.complete + self.failed

    def began(self, trial: FrozenTrial) -> None:
        """Takes in a trial that begins."""
        self.values.see(trial)
        self.running[trial.number] = RunningTrial(trial)

    def epoch(self, number: int, epoch: int, epochs: int) -> None:
        """Takes in an epoch of a trial at work."""
        trial = self.retrained or self.running.get(number)
        if trial is not None:
            trial.epoch, trial.epochs = epoch, epochs

    def ended(self, trial: FrozenTrial) -> bool:
        """Takes in a trial that has ended.

        Returns:
            Whether it is the best so far.
        """
        self.running.pop(trial.number, None)
        self._recent.append(trial.seconds)
        self._busy_s += trial.seconds
        return self._count(trial)

    def retraining(self, best: FrozenTrial) -> None:
        """Takes in that the best is trained once more."""
        self.running.clear()
        self.retrained = RunningTrial(best)

    def done(self) -> float:
        """Trials that are done, and parts of those at work."""
        return self.over + sum(trial.share for trial in self.running.values())

    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def left_s(self) -> float | None:
        """Seconds that are left; None before there is any pace."""
        by_pace = self._by_pace()
        if self.info.max_time is None:
            return by_pace
        by_clock = max(0.0, self.info.max_time - self.info.searched_s - self.elapsed_s())
        return by_clock if by_pace is None else min(by_pace, by_clock)

    def left_text(self) -> str:
        """The time that is left, in words; empty where nobody can tell."""
        if self.over >= self.info.max_trials or self.retrained:
            return ""
        left = self.left_s()
        if not left:
            # The trials at work take longer than others did, or the time is over.
            return ""
        # Until a trial has ended only the time that there is is known.
        words = "left" if self._recent else "left at most"
        return f"{format_seconds(left)} {words}"

    def counts_text(self) -> str:
        """How many trials are done, at work, failed."""
        parts = [f"{self.complete} done", f"{len(self.running)} running"]
        return ", ".join([*parts, f"{self.failed} failed"] if self.failed else parts)

    def best_text(self) -> str:
        """The best trial so far and its score; empty where there is none."""
        if self.best is None or self.best.score is None:
            return ""
        score = f"{self.info.objective} {format_metric(self.best.score)}"
        return f"best {score} (trial {self.best.number})"

    def standing_text(self) -> str:
        """Where a search stands that goes on; empty for one that begins."""
        if not self.over:
            return ""
        to_go = self.info.max_trials - self.over
        done = f"{self.over} of {plural(self.info.max_trials, 'trial')} done"
        failed = f" ({self.failed} failed)" if self.failed else ""
        is_late = self.info.max_time is not None and self.info.searched_s >= self.info.max_time
        left = "the time is over" if is_late else f"{to_go} to go" if to_go > 0 else "none to go"
        best = f"; {self.best_text()}" if self.best else ""
        return f"Going on: {done}{failed}, {left}{best}"

    def _by_pace(self) -> float | None:
        """Seconds that the trials to come take, at the pace of the last ones.

        Told by whole trials: how many epochs one will see is not known before it has ended.
        """
        to_come = self.info.max_trials - self.over
        if not self._recent or to_come <= 0:
            return None
        now, pace = time.monotonic(), statistics.fmean(self._recent)
        spent = [now - trial.began for trial in self.running.values()]
        at_once = (self._busy_s + sum(spent)) / max(now - self.started, 1e-9)
        work = pace * to_come - sum(min(one, pace) for one in spent)
        return max(0.0, work) / max(1.0, min(at_once, to_come))

    def _count(self, trial: FrozenTrial) -> bool:
        if trial.status is not TrialStatus.COMPLETE:
            self.failed += 1
            return False
        self.complete += 1
        known = [trial] if self.best is None else [self.best, trial]
        self.best = ranked(known, self.info.direction)[0]
        return self.best is trial
