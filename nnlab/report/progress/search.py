"""The progress events of a search, and its state: trials by status, the best one, the pace."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from nnlab.config.metrics import Direction
from nnlab.config.space.hyperparameter import marker_name, short_names
from nnlab.report.progress.run import Logs
from nnlab.report.text.formatting import (
    format_count,
    format_hyperparameter,
    format_metric,
    format_seconds,
)
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, rank_trials
from nnlab.text import plural

_PACE_TRIALS = 20


@dataclass(frozen=True)
class SearchInfo:
    """What is known about a search before its first trial.

    Args:
        name: The experiment's name.
        algorithm: The algorithm that suggests the trials.
        objective: The metric to optimize.
        direction: Whether to minimize or maximize it.
        jobs: The number of trials at the same time.
        max_trials: The maximum number of trials.
        space: The names of the hyperparameters.
        max_time: The maximum number of seconds. Defaults to None, no limit.
        trials_per_round: The trials of a round of Hyperband, 0 for other algorithms.
        searched_s: Seconds spent before the search was resumed.
    """

    name: str
    algorithm: str
    objective: str
    direction: Direction
    jobs: int
    max_trials: int
    space: tuple[str, ...]
    max_time: float | None = None
    trials_per_round: int = 0
    searched_s: float = 0.0

    def headline(self) -> str:
        """Return a summary on one line."""
        goal = "minimize" if self.direction == "min" else "maximize"
        size = f"{plural(len(self.space), 'hyperparameter')}, {self.algorithm} search"
        limit = f"up to {plural(self.max_trials, 'trial')}"
        if self.trials_per_round:
            limit += f" ({format_count(self.trials_per_round)} per round)"
        if self.max_time is not None:
            limit += f", up to {format_seconds(self.max_time)}"
        return f"{self.name}: {size} to {goal} {self.objective}, {limit}, {self.jobs} at a time"


class SearchProgress(Protocol):
    """A listener to a search. It must not start threads, because the search forks processes."""

    def start(self, info: SearchInfo, trials: list[FrozenTrial]) -> None:
        """Handle the start of the search, with the trials of a resumed search."""

    def trial_started(self, trial: FrozenTrial) -> None:
        """Handle the start of a trial."""

    def epoch(self, number: int, epoch: int, epochs: int, logs: Logs) -> None:
        """Handle the end of an epoch of a trial, or of the best trial's retraining.

        Epochs count from 1, with 0 before the first; of fast epochs only some are reported.
        """

    def trial_finished(self, trial: FrozenTrial) -> None:
        """Handle the end of a trial."""

    def retraining(self, best: FrozenTrial) -> None:
        """Handle the start of the best trial's retraining."""

    def tick(self) -> None:
        """Render again, as time has passed."""

    def message(self, text: str) -> None:
        """Show a message on a separate line."""

    def stop(self, outcome: str = "") -> None:
        """Handle the end of the search; a second call does nothing."""


@dataclass
class RunningTrial:
    """A running trial.

    Args:
        record: Its record.
        epoch: The number of finished epochs.
        epochs: The maximum number of epochs; 0 while unknown.
        started: The time of its start.
    """

    record: FrozenTrial
    epoch: int = 0
    epochs: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def fraction(self) -> float:
        """The fraction that is completed."""
        return self.epoch / self.epochs if self.epochs else 0.0

    def format_position(self) -> str:
        """Format the current epoch."""
        return f"epoch {self.epoch}/{self.epochs}" if self.epochs else "starting"


class SearchState:
    """The numbers shown by the progress of a search.

    Args:
        info: What is known about the search.
        trials: The trials of a resumed search.
    """

    def __init__(self, info: SearchInfo, trials: list[FrozenTrial]) -> None:
        self.info = info
        self.started = time.monotonic()
        self.running: dict[int, RunningTrial] = {}
        self.retrained: RunningTrial | None = None
        self.complete = self.failed = 0
        self.best: FrozenTrial | None = None
        self.values = TrialValues(info.space)
        self._recent_s: deque[float] = deque(maxlen=_PACE_TRIALS)
        self._busy_s = 0.0
        for trial in trials:
            if trial.is_finished:
                self.values.add(trial)
                self._count(trial)

    @property
    def finished(self) -> int:
        """The number of finished trials."""
        return self.complete + self.failed

    def trial_started(self, trial: FrozenTrial) -> None:
        """Add a running trial."""
        self.values.add(trial)
        self.running[trial.number] = RunningTrial(trial)

    def epoch(self, number: int, epoch: int, epochs: int) -> None:
        """Update a running trial."""
        trial = self.retrained or self.running.get(number)
        if trial is not None:
            trial.epoch, trial.epochs = epoch, epochs

    def trial_finished(self, trial: FrozenTrial) -> bool:
        """Count a finished trial, and return whether it is the best so far."""
        self.running.pop(trial.number, None)
        self._recent_s.append(trial.seconds)
        self._busy_s += trial.seconds
        return self._count(trial)

    def retraining(self, best: FrozenTrial) -> None:
        """Start the retraining of the best trial."""
        self.running.clear()
        self.retrained = RunningTrial(best)

    def completed_trials(self) -> float:
        """Return the number of finished trials, including the fractions of running ones."""
        return self.finished + sum(trial.fraction for trial in self.running.values())

    def remaining_s(self) -> float | None:
        """Return the seconds of the remaining trials at the pace of the last ones; None if unknown.

        At most those until the time limit. Whole trials count, as the number of epochs of a running
        trial is unknown.
        """
        limits: list[float] = []
        now, remaining = time.monotonic(), self.info.max_trials - self.finished
        if self._recent_s and remaining > 0:
            trial_s = statistics.fmean(self._recent_s)
            spent_s = [now - trial.started for trial in self.running.values()]
            parallel = (self._busy_s + sum(spent_s)) / max(now - self.started, 1e-9)
            work_s = trial_s * remaining - sum(min(seconds, trial_s) for seconds in spent_s)
            limits.append(max(0.0, work_s) / max(1.0, min(parallel, remaining)))
        if self.info.max_time is not None:
            elapsed_s = self.info.searched_s + now - self.started
            limits.append(max(0.0, self.info.max_time - elapsed_s))
        return min(limits, default=None)

    def format_remaining(self) -> str:
        """Format the remaining time; empty if unknown."""
        if self.finished >= self.info.max_trials or self.retrained:
            return ""
        seconds = self.remaining_s()
        if not seconds:
            # The running trials take longer than the others, or the time limit is reached.
            return ""
        # Before the first trial ends, only the time limit is known.
        prefix = "" if self._recent_s else "at most "
        return f"{prefix}{format_seconds(seconds)} left"

    def format_counts(self) -> str:
        """Format the number of trials by status."""
        parts = [f"{self.complete} complete", f"{len(self.running)} running"]
        return ", ".join([*parts, f"{self.failed} failed"] if self.failed else parts)

    def format_best(self) -> str:
        """Format the best trial so far and its score; empty if there is none."""
        if self.best is None or self.best.score is None:
            return ""
        score = f"{self.info.objective} {format_metric(self.best.score)}"
        return f"best {score} (trial {self.best.number})"

    def format_resumed(self) -> str:
        """Format the position of a resumed search; empty for a new one."""
        if not self.finished:
            return ""
        remaining = self.info.max_trials - self.finished
        finished = f"{self.finished} of {plural(self.info.max_trials, 'trial')} finished"
        failed = f" ({self.failed} failed)" if self.failed else ""
        is_late = self.info.max_time is not None and self.info.searched_s >= self.info.max_time
        status = "time limit reached" if is_late else f"{max(remaining, 0)} remaining"
        best = f"; {self.format_best()}" if self.best else ""
        return f"Resuming: {finished}{failed}, {status}{best}"

    def _count(self, trial: FrozenTrial) -> bool:
        if trial.status is not TrialStatus.COMPLETE:
            self.failed += 1
            return False
        self.complete += 1
        candidates = [trial] if self.best is None else [self.best, trial]
        self.best = rank_trials(candidates, self.info.direction)[0]
        return self.best is trial


class TrialValues:
    """Formats the values of trials under short names, in a fixed order.

    If a line is too short for all values, those that are equal in all trials are left out first,
    then conditional ones, which not every trial has.

    Args:
        space: The names of the hyperparameters.
    """

    def __init__(self, space: Iterable[str]) -> None:
        self._names = short_names(dict.fromkeys(map(marker_name, space)))
        self._seen: dict[str, set[str]] = {}

    def add(self, trial: FrozenTrial) -> None:
        """Register the values of a trial."""
        texts = _format_values(trial)
        for marker in self._names.keys() | texts.keys():
            self._seen.setdefault(marker, set()).add(texts.get(marker, ""))

    def format(self, trial: FrozenTrial, width: int) -> str:
        """Format the values that fit a width, and the number of the others.

        Example:
            >>> names = ("model.layers.0.Dense.units", "training.optimizer")
            >>> values = TrialValues(names)
            >>> trial = FrozenTrial(1, {names[0]: 64, names[1]: "adam"})
            >>> values.format(trial, 80), values.format(trial, 20)
            ('units=64  optimizer=adam', 'units=64  and 1 more')
        """
        texts = _format_values(trial)
        in_order = [marker for marker in {**self._names, **texts} if marker in texts]
        by_priority = sorted(
            in_order,
            key=lambda marker: (
                len(self._seen.get(marker, ())) == 1,
                # The number of hyperparameters on which it is conditional.
                sum(part in {"Choice", "Repeat"} for part in marker.split(".")[:-1]),
            ),
        )
        for hidden in range(len(texts) + 1):
            shown = by_priority[: len(texts) - hidden]
            parts = [
                f"{self._names.get(marker, marker)}={texts[marker]}"
                for marker in in_order
                if marker in shown
            ]
            line = "  ".join([*parts, f"and {hidden} more"] if hidden else parts)
            if len(line) <= width:
                return line
        return ""


def _format_values(trial: FrozenTrial) -> dict[str, str]:
    """Format the values by hyperparameter, with its repetitions joined by commas."""
    texts: dict[str, list[str]] = {}
    for name, value in trial.values.items():
        texts.setdefault(marker_name(name), []).append(format_hyperparameter(value))
    return {marker: ",".join(values) for marker, values in texts.items()}
