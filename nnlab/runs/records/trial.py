"""One trial of a search, as `trials/<number>/trial.json` tells it."""

from __future__ import annotations

import dataclasses
import re
import statistics
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from nnlab.config.direction import Direction
from nnlab.runs.io.json_record import (
    COUNT,
    LIST,
    NUMBER,
    TABLE,
    TEXT,
    JsonRecord,
    Kind,
    broken,
    number,
    read_object,
    read_status,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

Value = int | float | str | bool

_NUMBER = re.compile(r"-?\d[\d.,]*(e[+-]?\d+)?")


class TrialStatus(StrEnum):
    """Where a trial stands."""

    RUNNING = "running"
    """At work."""

    COMPLETE = "complete"
    """It has a score."""

    FAILED = "failed"
    """It has none; the error says why."""

    PRUNED = "pruned"
    """It was ended early, as it did not promise enough."""

    INTERRUPTED = "interrupted"
    """The search ended before it did; it is done again when the search is resumed."""


@dataclass(frozen=True)
class FrozenTrial(JsonRecord):
    """One trial of a search.

    Args:
        number: The trial's number, from 1, in the order in which trials were proposed.
        values: What was chosen, by the hyperparameter's name; those alone that matter.
        status: Where it stands.
        scores: The objective of each training: one for each execution or fold.
        score: Their mean; None before it is complete.
        error: Why it failed, and what to do about it.
        epochs: Epochs that its trainings have seen, those of `parent_trial` included.
        seconds: How long it took.
        params: Weights of its model.
        parent_trial: The trial whose weights it started with, in Hyperband; None: fresh ones.
        proposal: What the algorithm needs to know of it again, such as bracket and rung.

    Example:
        >>> trial = FrozenTrial(1, {"training.optimizer": "adam"}, scores=(0.8, 0.9))
        >>> round(trial.spread, 3)
        0.071
    """

    number: int
    values: dict[str, Value]
    status: TrialStatus = TrialStatus.RUNNING
    scores: tuple[float, ...] = ()
    score: float | None = None
    error: str | None = None
    epochs: int = 0
    seconds: float = 0.0
    params: int | None = None
    parent_trial: int | None = None
    proposal: dict[str, Any] = field(default_factory=dict)

    @property
    def spread(self) -> float | None:
        """The standard deviation of the scores; None of fewer than two."""
        return statistics.stdev(self.scores) if len(self.scores) > 1 else None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status not in {TrialStatus.RUNNING, TrialStatus.INTERRUPTED}

    def as_interrupted(self) -> FrozenTrial:
        """The record as it stands where nobody is at work on the search any more."""
        if self.status is not TrialStatus.RUNNING:
            return self
        return dataclasses.replace(self, status=TrialStatus.INTERRUPTED)

    def anew(self, status: TrialStatus) -> FrozenTrial:
        """The record as it was when the trial was proposed, which is to be done again.

        Args:
            status: Where it stands now.
        """
        return FrozenTrial(
            self.number,
            self.values,
            status,
            parent_trial=self.parent_trial,
            proposal=self.proposal,
        )

    @property
    def reason(self) -> str:
        """Why it failed, in a sentence, or in two: what was expected, and what was received."""
        first, *others = _sentences(self.error)
        received = [one for one in others[:1] if one.startswith("Received")]
        return " ".join([first, *received])

    @property
    def failure(self) -> str:
        """What its failure has in common with others of the kind: that sentence, no numbers."""
        return _NUMBER.sub("#", _sentences(self.error)[0])

    @classmethod
    def from_json(cls, text: str, source: str = "trial.json") -> FrozenTrial:
        """Reads the text of a `trial.json`; keys that this version does not know are left out.

        Args:
            text: The file's text.
            source: The file's name, for messages.

        Returns:
            The record.

        Raises:
            DataError: The text is not JSON, or not the record of a trial.
        """
        known = read_object(text, _KINDS, ("number", "values", "status"), source)
        status = read_status(TrialStatus, known, source)
        if status is TrialStatus.COMPLETE and "score" not in known:
            raise broken(source, "the score of a complete trial. Received: score=None")
        try:
            scores = tuple(number(score) for score in known.pop("scores", ()))
            if "score" in known:
                known["score"] = number(known["score"])
        except (TypeError, ValueError) as error:
            raise broken(source, f"numbers as scores. Received: {error}") from error
        return cls(**{**known, "status": status, "scores": scores})


def ranked(trials: Iterable[FrozenTrial], direction: Direction) -> list[FrozenTrial]:
    """The complete trials, the best first; of equal ones the earlier.

    Args:
        trials: Trials of a search.
        direction: Whether less or more is better.

    Example:
        >>> one = FrozenTrial(1, {}, TrialStatus.COMPLETE, score=0.8)
        >>> two = FrozenTrial(2, {}, TrialStatus.COMPLETE, score=0.9)
        >>> [trial.number for trial in ranked([one, two], "max")]
        [2, 1]
    """
    scored = [
        (trial.score if direction == "min" else -trial.score, trial.number, trial)
        for trial in trials
        if trial.status is TrialStatus.COMPLETE and trial.score is not None
    ]
    return [trial for _, _, trial in sorted(scored, key=lambda item: item[:2])]


def counts(trials: Iterable[FrozenTrial]) -> dict[str, int]:
    """How many trials there are of each status.

    Args:
        trials: Trials of a search.
    """
    found = dict.fromkeys((status.value for status in TrialStatus), 0)
    for trial in trials:
        found[trial.status.value] += 1
    return found


def _sentences(error: str | None) -> list[str]:
    first = (error or "No reason is known.").strip().partition("\n")[0]
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", first)


_KINDS: dict[str, Kind] = {
    "number": COUNT,
    "values": TABLE,
    "status": TEXT,
    "scores": LIST,
    "score": NUMBER,
    "error": TEXT,
    "epochs": COUNT,
    "seconds": NUMBER,
    "params": COUNT,
    "parent_trial": COUNT,
    "proposal": TABLE,
}
