"""The queue of trials: reruns first, then suggestions, until a limit is reached."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Literal

from nnlab.config.space.hyperparameter import space_size
from nnlab.engine.search.sampler import Suggestion
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

StopReason = Literal["max_trials", "max_time", "space", "user", "failures"]

_MIN_FAILURES = 5


class TrialQueue:
    """The next trials of a search.

    Args:
        configs: The experiments of all trials.
        trials: The existing trials by number; the search updates this mapping.

    Attributes:
        stop_reason: Why no more trials start; None while they do.
    """

    def __init__(self, configs: TrialConfigs, trials: Mapping[int, FrozenTrial]) -> None:
        self._configs = configs
        self._trials = trials
        self._sampler = configs.sampler()
        # Hyperband trains the same values several times, with more epochs.
        repeats_values = configs.tune.algorithm == "hyperband"
        self._space_size = None if repeats_values else space_size(configs.space)
        self.stop_reason: StopReason | None = None
        in_order = [trial for _, trial in sorted(trials.items())]
        for trial in in_order:
            self._sampler.tell(trial)
        self._reruns = deque(
            trial.reset(TrialStatus.RUNNING) for trial in in_order if not trial.is_finished
        )

    @property
    def max_trials(self) -> int:
        """The maximum number of trials in total."""
        requested = self._configs.tune.max_trials
        return requested if self._space_size is None else min(requested, self._space_size)

    def next(self, searched_s: float, *, is_idle: bool) -> FrozenTrial | None:
        """Return the next trial, as running, or None if there is none, or none yet.

        Args:
            searched_s: The seconds of the search so far.
            is_idle: Whether no trial is running, so waiting would change nothing.
        """
        if self.stop_reason is None and self.is_time_over(searched_s):
            self.stop_reason = "max_time"
        if self.stop_reason is not None:
            return None
        reruns = {trial.number for trial in self._reruns}
        started = sum(number not in reruns for number in self._trials)
        if started >= self._configs.tune.max_trials:
            is_exhausted = self._space_size is not None and started >= self._space_size
            self.stop_reason = "space" if is_exhausted else "max_trials"
            return None
        if self._reruns:
            return self._reruns.popleft()
        number = max(self._trials, default=0) + 1
        answer = self._sampler.ask(number)
        if isinstance(answer, Suggestion):
            return FrozenTrial(
                number,
                dict(answer.values),
                parent_trial=answer.parent_trial,
                sampler_state={
                    **answer.sampler_state,
                    "epochs": answer.epochs,
                    "initial_epoch": answer.initial_epoch,
                },
            )
        if answer == "done" or is_idle:
            self.stop_reason = "space"
        return None

    def is_empty(self, searched_s: float) -> bool:
        """Return whether there is no next trial, if none is running."""
        trial = self.next(searched_s, is_idle=True)
        if trial is not None:
            self._reruns.appendleft(trial)
        return trial is None

    def is_time_over(self, searched_s: float) -> bool:
        """Return whether the time limit is reached and a trial has a score."""
        limit = self._configs.tune.max_time
        return (
            limit is not None
            and searched_s >= limit
            and any(trial.status is TrialStatus.COMPLETE for trial in self._trials.values())
        )

    def tell(self, trial: FrozenTrial) -> None:
        """Report a finished trial to the sampler."""
        self._sampler.tell(trial)

    def promotable(self) -> set[int]:
        """Return the trials that others may continue, or were continued without a score so far.

        The latter may be continued again: a failed trial may be rerun.
        """
        parents = {
            trial.parent_trial
            for trial in self._trials.values()
            if trial.status is not TrialStatus.COMPLETE
        }
        return {
            number
            for number in self._trials
            if number in parents or self._sampler.may_promote(number)
        }


def all_failed_with_same_error(finished: Sequence[FrozenTrial], jobs: int) -> bool:
    """Return whether all trials failed with one error, apart from numbers, so others would too.

    At least five trials are required, or twice the number of parallel ones.
    """
    if len(finished) < max(_MIN_FAILURES, 2 * jobs):
        return False
    if any(trial.status is not TrialStatus.FAILED for trial in finished):
        return False
    return len({trial.failure for trial in finished}) == 1
