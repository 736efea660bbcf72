"""Which trial is next: those that were left, then those that are proposed, as long as they may."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Literal

from nnlab.config.space.hyperparameter import space_size
from nnlab.engine.search.sampler import Suggestion
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

StopReason = Literal["max_trials", "max_time", "space", "user", "failures"]


class TrialQueue:
    """The trials that are to come.

    Args:
        plan: The search's plan.
        trials: Those that there are, by number; the search adds to it.

    Attributes:
        stop_reason: Why there will be none any more; None as long as there may be.
    """

    def __init__(self, plan: TrialConfigs, trials: Mapping[int, FrozenTrial]) -> None:
        self._plan = plan
        self._trials = trials
        self._proposer = plan.sampler()
        # Hyperband tries one config again, with more epochs.
        again = plan.tune.algorithm == "hyperband"
        self._size = None if again else space_size(plan.space)
        self.stop_reason: StopReason | None = None
        left = [trial for _, trial in sorted(trials.items())]
        for trial in left:
            self._proposer.tell(trial)
        self._ahead = deque(
            trial.reset(TrialStatus.RUNNING) for trial in left if not trial.is_finished
        )

    @property
    def most(self) -> int:
        """How many trials there can be in all."""
        asked = self._plan.tune.max_trials
        return asked if self._size is None else min(asked, self._size)

    def next(self, searched_s: float, *, is_idle: bool) -> FrozenTrial | None:
        """The next trial, as one at work.

        Args:
            searched_s: Seconds that were searched until now.
            is_idle: Whether no trial is at work, so that nothing is to be waited for.

        Returns:
            The trial; None: there is none, or not yet.
        """
        if self.stop_reason is None and self.is_late(searched_s):
            self.stop_reason = "max_time"
        if self.stop_reason is not None:
            return None
        ahead = {trial.number for trial in self._ahead}
        begun = sum(number not in ahead for number in self._trials)
        if begun >= self._plan.tune.max_trials:
            is_whole = self._size is not None and begun >= self._size
            self.stop_reason = "space" if is_whole else "max_trials"
            return None
        if self._ahead:
            return self._ahead.popleft()
        number = max(self._trials, default=0) + 1
        answer = self._proposer.ask(number)
        if isinstance(answer, Suggestion):
            return _proposed(number, answer)
        if answer == "end" or is_idle:
            self.stop_reason = "space"
        return None

    def is_empty(self, searched_s: float) -> bool:
        """Whether there is no trial to come, where none is at work.

        Args:
            searched_s: Seconds that were searched until now.
        """
        trial = self.next(searched_s, is_idle=True)
        if trial is not None:
            self._ahead.appendleft(trial)
        return trial is None

    def is_late(self, searched_s: float) -> bool:
        """Whether the time is over; it is not before a trial has a score.

        Args:
            searched_s: Seconds that were searched until now.
        """
        limit = self._plan.tune.max_time
        return limit is not None and searched_s >= limit and any(map(_has_score, self._known()))

    def tell(self, trial: FrozenTrial) -> None:
        """Take in a trial that has ended.

        Args:
            trial: The trial.
        """
        self._proposer.tell(trial)

    def promotable(self) -> set[int]:
        """The trials that others may still go on from, or went on from without a score so far.

        Those may be done again, where they fail.
        """
        begun = {trial.parent_trial for trial in self._known() if not _has_score(trial)}
        return {
            number
            for number in self._trials
            if number in begun or self._proposer.may_promote(number)
        }

    def _known(self) -> list[FrozenTrial]:
        return list(self._trials.values())


def _proposed(number: int, proposal: Suggestion) -> FrozenTrial:
    return FrozenTrial(
        number,
        dict(proposal.values),
        parent_trial=proposal.parent_trial,
        proposal={
            **proposal.details,
            "epochs": proposal.epochs,
            "initial_epoch": proposal.initial_epoch,
        },
    )


def _has_score(trial: FrozenTrial) -> bool:
    return trial.status is TrialStatus.COMPLETE
