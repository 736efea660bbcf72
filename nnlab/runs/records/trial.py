"""The record of a trial, `trials/<number>/trial.json`."""

from __future__ import annotations

import dataclasses
import re
import statistics
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from nnlab.config.metrics import Direction
from nnlab.runs.io.json_record import (
    JsonRecord,
    invalid_record,
    parse_number,
    parse_record,
    parse_status,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

Value = int | float | str | bool

_NUMBER_PATTERN = re.compile(r"-?\d[\d.,]*(e[+-]?\d+)?")


class TrialStatus(StrEnum):
    """The status of a trial."""

    RUNNING = "running"
    """It is running."""

    COMPLETE = "complete"
    """It finished and has a score."""

    FAILED = "failed"
    """It has no score; see the error."""

    PRUNED = "pruned"
    """The algorithm stopped it early, as unpromising."""

    INTERRUPTED = "interrupted"
    """The search ended first; a resumed search reruns the trial."""


@dataclass(frozen=True)
class FrozenTrial(JsonRecord):
    """A trial of a search, as stored.

    Args:
        number: The trial's number, from 1.
        values: The values of the hyperparameters by name; only those whose conditions hold.
        status: The trial's status.
        scores: The objective of each training: one per execution or fold.
        score: The mean of the scores; None until the trial is complete.
        error: Why it failed, with a hint.
        epochs: Number of epochs, including those of `parent_trial`.
        seconds: The duration.
        params: Number of weights of the model.
        parent_trial: The trial whose weights it continued (Hyperband); None if trained from
            scratch.
        sampler_state: The sampler's state for a resumed search, such as bracket and round.
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
    sampler_state: dict[str, Any] = field(default_factory=dict)

    @property
    def spread(self) -> float | None:
        """The standard deviation of the scores (n - 1); None for fewer than two."""
        return statistics.stdev(self.scores) if len(self.scores) > 1 else None

    @property
    def is_finished(self) -> bool:
        """Whether the status is final."""
        return self.status not in {TrialStatus.RUNNING, TrialStatus.INTERRUPTED}

    @property
    def reason(self) -> str:
        """The first sentence of the error, with the following one if it is "Received: …"."""
        first, *rest = _sentences(self.error)
        received = [sentence for sentence in rest[:1] if sentence.startswith("Received")]
        return " ".join([first, *received])

    @property
    def failure(self) -> str:
        """The first sentence of the error without numbers, equal for failures of one kind."""
        return _NUMBER_PATTERN.sub("#", _sentences(self.error)[0])

    def as_interrupted(self) -> FrozenTrial:
        """Return the record with status `running` replaced by `interrupted`."""
        if self.status is not TrialStatus.RUNNING:
            return self
        return dataclasses.replace(self, status=TrialStatus.INTERRUPTED)

    def reset(self, status: TrialStatus) -> FrozenTrial:
        """Return the record as proposed, without results, for a rerun."""
        return FrozenTrial(
            self.number,
            self.values,
            status,
            parent_trial=self.parent_trial,
            sampler_state=self.sampler_state,
        )

    @classmethod
    def from_json(cls, text: str, source: str = "trial.json") -> FrozenTrial:
        """Parse a `trial.json`; unknown keys are ignored."""
        values = parse_record(cls, text, ("number", "values", "status"), source)
        status = parse_status(TrialStatus, values, source)
        if status is TrialStatus.COMPLETE and "score" not in values:
            raise invalid_record(source, "the score of a complete trial. Received: score=None")
        try:
            scores = tuple(parse_number(score) for score in values.pop("scores", ()))
            if "score" in values:
                values["score"] = parse_number(values["score"])
        except (TypeError, ValueError) as error:
            raise invalid_record(source, f"numbers as scores. Received: {error}") from error
        return cls(**{**values, "status": status, "scores": scores})


def rank_trials(trials: Iterable[FrozenTrial], direction: Direction) -> list[FrozenTrial]:
    """Return the complete trials, best first; of equal scores, the earlier trial first."""
    scored = [
        (trial.score if direction == "min" else -trial.score, trial.number, trial)
        for trial in trials
        if trial.status is TrialStatus.COMPLETE and trial.score is not None
    ]
    return [trial for _, _, trial in sorted(scored, key=lambda item: item[:2])]


def count_by_status(trials: Iterable[FrozenTrial]) -> dict[str, int]:
    """Return the number of trials by status."""
    totals = dict.fromkeys((status.value for status in TrialStatus), 0)
    for trial in trials:
        totals[trial.status.value] += 1
    return totals


def _sentences(error: str | None) -> list[str]:
    """Split the first line of an error into sentences."""
    first_line = (error or "Unknown reason.").strip().partition("\n")[0]
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", first_line)
