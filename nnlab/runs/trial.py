"""The frozen record of one trial of a search, and its JSON."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nnlab.runs.json_object import (
    COUNT,
    LIST,
    NUMBER,
    TABLE,
    TEXT,
    Kind,
    broken,
    json_text,
    number,
    read_object,
    strict,
)

Value = int | float | str | bool


class TrialStatus(StrEnum):
    """Where a trial stands."""

    RUNNING = "running"
    """Proposed; its runs are under way."""

    COMPLETE = "complete"
    """All its runs ended well: it has a score."""

    FAILED = "failed"
    """A run of it could not finish; the error says why."""

    PRUNED = "pruned"
    """Stopped on purpose before the last epoch, being worse than others."""


@dataclass(frozen=True)
class TrialRecord:
    """What a search asked of one trial, and what came of it: `trial.json`.

    Args:
        number: Its place in the order of proposals, from 0.
        values: The value of each hyperparameter that mattered, by its name.
        status: Where it stands.
        scores: The objective of each of its runs, repetitions or folds, [runs]; NaN where a run has
            none.
        score: Their mean, by which trials are ranked; None where there is none.
        error: Why it failed.
        epochs: Epochs trained, over all its runs.
        seconds: How long it took.
        details: What the proposer must know to go on: the rung of a hyperband.

    Example:
        >>> trial = TrialRecord(3, {"training.optimizer": "adam"}, scores=(0.9, 0.8), score=0.85)
        >>> TrialRecord.from_json(trial.to_json()) == trial
        True
    """

    number: int
    values: dict[str, Value] = field(default_factory=dict)
    status: TrialStatus = TrialStatus.RUNNING
    scores: tuple[float, ...] = ()
    score: float | None = None
    error: str | None = None
    epochs: int = 0
    seconds: float | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The record as strict JSON can carry it: NaN is None, infinity is the text "Infinity"."""
        return {item.name: strict(getattr(self, item.name)) for item in dataclasses.fields(self)}

    def to_json(self) -> str:
        """The text of `trial.json`."""
        return json_text(self.to_dict())

    @classmethod
    def from_json(cls, text: str, source: str = "trial.json") -> TrialRecord:
        """Reads the text of a `trial.json`; keys that this version does not know are left out.

        Args:
            text: The file's text.
            source: The file's name, for messages.

        Returns:
            The record.

        Raises:
            DataError: The text is not JSON, or not the record of a trial.
        """
        known = read_object(text, _KINDS, _REQUIRED, source)
        try:
            known["status"] = TrialStatus(known["status"])
            known["scores"] = tuple(number(score) for score in known.get("scores", ()))
            known |= {key: number(known[key]) for key in known.keys() & {"score", "seconds"}}
        except (TypeError, ValueError) as error:
            raise broken(source, f"the record of a trial. Received: {error}") from error
        return cls(**known)


_KINDS: dict[str, Kind] = {
    "number": COUNT,
    "values": TABLE,
    "status": TEXT,
    "scores": LIST,
    "score": NUMBER,
    "error": TEXT,
    "epochs": COUNT,
    "seconds": NUMBER,
    "details": TABLE,
}
_REQUIRED = ("number", "values", "status")
