"""Which trial is next: those that were left, then those that are proposed, as long as they may."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Literal

from nnlab.config.space.hyperparameter import space_size
from nnlab.engine.search.sampler import Proposal
from nnlab.engine.search.trial_configs import Plan
from nnlab.runs.records.trial import TrialRecord, TrialStatus

EndedBy = Literal["max_trials", "max_time", "space", "user", "failures"]


class TrialQueue:
    """The trials that are to come.

    Args:
        plan: The search's plan.
        trials: Those that there are, by number; the search adds to it.

    Attributes:
        ended_by: Why there will be none any more; None as long as there may be.
    """

    def __init__(self, plan: Plan, trials: Mapping[int, TrialRecord]) -> None:
        self._plan = plan
        self._trials = trials
        self._proposer = plan.proposer()
        # Hyperband tries one config again, with more epochs.
        again = plan.tune.algorithm == "hyperband"
        self._size = None if again else space_size(plan.space)
        self.ended_by: EndedBy | None = None
        left = [trial for _, trial in sorted(trials.items())]
        for trial in left:
            self._proposer.learn(trial)
        self._ahead = deque(trial.anew(TrialStatus.RUNNING) for trial in left if not trial.is_over)

    @property
    def most(self) -> int:
        """How many trials there can be in all."""
        asked = self._plan.tune.max_trials
        return asked if self._size is None else min(asked, self._size)

    def next(self, searched_s: float, *, is_idle: bool) -> TrialRecord | None:
        """The next trial, as one at work.

        Args:
            searched_s: Seconds that were searched until now.
            is_idle: Whether no trial is at work, so that nothing is to be waited for.

        Returns:
            The trial; None: there is none, or not yet.
        """
        if self.ended_by is None and self.is_late(searched_s):
            self.ended_by = "max_time"
        if self.ended_by is not None:
            return None
        ahead = {trial.number for trial in self._ahead}
        begun = sum(number not in ahead for number in self._trials)
        if begun >= self._plan.tune.max_trials:
            is_whole = self._size is not None and begun >= self._size
            self.ended_by = "space" if is_whole else "max_trials"
            return None
        if self._ahead:
            return self._ahead.popleft()
        number = max(self._trials, default=0) + 1
        answer = self._proposer.propose(number)
        if isinstance(answer, Proposal):
            return _proposed(number, answer)
        if answer == "end" or is_idle:
            self.ended_by = "space"
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

    def learn(self, trial: TrialRecord) -> None:
        """Take in a trial that has ended.

        Args:
            trial: The trial.
        """
        self._proposer.learn(trial)

    def waited_for(self) -> set[int]:
        """The trials that others may still go on from, or went on from without a score so far.

        Those may be done again, where they fail.
        """
        begun = {trial.goes_on_from for trial in self._known() if not _has_score(trial)}
        return {
            number for number in self._trials if number in begun or self._proposer.waits_for(number)
        }

    def _known(self) -> list[TrialRecord]:
        return list(self._trials.values())


def _proposed(number: int, proposal: Proposal) -> TrialRecord:
    return TrialRecord(
        number,
        dict(proposal.values),
        goes_on_from=proposal.goes_on_from,
        proposal={
            **proposal.details,
            "epochs": proposal.epochs,
            "initial_epoch": proposal.initial_epoch,
        },
    )


def _has_score(trial: TrialRecord) -> bool:
    return trial.status is TrialStatus.COMPLETE
