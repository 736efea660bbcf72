"""A search as its folder tells it: the search's own record, and those of its trials.

`trials/<number>/trial.json` is all that a search is rebuilt from when it is resumed; `search.json`
says what was searched, and how far it came.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
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
    read_object,
    read_status,
    record_text,
    with_id_from_folder,
)
from nnlab.runs.io.layout import RunFiles
from nnlab.runs.records.orphans import mark_orphaned, sibling_run
from nnlab.runs.records.run import RunStatus
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, Value, counts, ranked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = [
    "FrozenTrial",
    "SearchFiles",
    "SearchRecord",
    "TrialStatus",
    "Value",
    "counts",
    "ranked",
    "read_search",
    "read_trials",
]


@dataclass(frozen=True)
class SearchRecord(JsonRecord):
    """All that is known of a search, as `search.json` and `--json` carry it.

    Args:
        id: The search's id, which is its folder's name.
        name: The experiment's name.
        status: Where it stands, as in the folder's `record.json`.
        algorithm: What proposes: `random`, `grid`, `bayesian`, `hyperband`.
        objective: The metric that the best trial is best at.
        direction: Whether less or more of it is better.
        seed: The seed of the proposals.
        jobs: Trials at the same time.
        max_trials: Trials, at most.
        max_time: Seconds, at most; None: any.
        executions_per_trial: Trainings a trial.
        cv: Folds of the cross-validation; None: there is none.
        max_epochs: Epochs of a full trial; None where epochs are searched.
        space: The hyperparameters, each as plain data: `name`, `kind`, range or values, conditions.
        counts: How many trials there are, by status.
        best: The best trial, as `FrozenTrial.to_dict` gives it; None before one is complete.
        retrained: The final figures of the run in `best/` by name; None: it was not retrained.
        stop_reason: Why no more trials were made: `max_trials`, `max_time`, `space`, `user`,
            `failures`.
        importance: The share that each hyperparameter has in the score, by its name without
            repetitions; 0 of those that cannot be told from chance.
        importance_errors: The standard error of each share.
        importance_r2: How much of the trials' ranks the hyperparameters explain, 1: all.
        timing: Seconds by name: `total_s`, `search_s`, `retrain_s`; a resumed search adds to them.
        error: Why the search failed, or what interrupted it.
        command: The command line.
        data: The fingerprint of the data file that the trials read; empty without a file.
    """

    id: str
    name: str
    status: RunStatus = RunStatus.RUNNING
    algorithm: str = "random"
    objective: str = "val_loss"
    direction: Direction = "min"
    seed: int = 0
    jobs: int = 1
    max_trials: int = 0
    max_time: float | None = None
    executions_per_trial: int = 1
    cv: int | None = None
    max_epochs: int | None = None
    space: tuple[dict[str, Any], ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    best: dict[str, Any] | None = None
    retrained: dict[str, float] | None = None
    stop_reason: str | None = None
    importance: dict[str, float] = field(default_factory=dict)
    importance_errors: dict[str, float] = field(default_factory=dict)
    importance_r2: float | None = None
    timing: dict[str, float] = field(default_factory=dict)
    error: str | None = None
    command: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, text: str, source: str = "search.json") -> SearchRecord:
        """Reads the text of a `search.json`; keys that this version does not know are left out.

        Args:
            text: The file's text.
            source: The file's name, for messages.

        Returns:
            The record.

        Raises:
            DataError: The text is not JSON, or not the record of a search.
        """
        known = read_object(text, _KINDS, ("id", "name", "status"), source)
        known["status"] = read_status(RunStatus, known, source)
        for key in known.keys() & {"space", "command"}:
            known[key] = tuple(known[key])
        return cls(**known)


class SearchFiles(RunFiles):
    """Where each thing lies in a search's folder, beside what lies in that of any run.

    Args:
        path: The folder.
    """

    @property
    def search_json(self) -> Path:
        """The search's record, see `SearchRecord`."""
        return self.path / "search.json"

    @property
    def trials(self) -> Path:
        """The folder of the trials."""
        return self.path / "trials"

    @property
    def best(self) -> Path:
        """The run of the best trial's config, trained once more."""
        return self.path / "best"

    @property
    def best_yaml(self) -> Path:
        """The best trial's config."""
        return self.path / "best.yaml"

    @property
    def trials_csv(self) -> Path:
        """One row a trial."""
        return self.path / "trials.csv"

    def trial(self, number: int) -> Path:
        """The folder of a trial.

        Args:
            number: The trial's number.
        """
        return self.trials / str(number)

    def trial_json(self, number: int) -> Path:
        """A trial's record, see `FrozenTrial`.

        Args:
            number: The trial's number.
        """
        return self.trial(number) / "trial.json"


def read_search(path: Path) -> SearchRecord:
    """Reads the record of a search.

    Args:
        path: The search's folder.

    Returns:
        The record. One that says `running` though its process is gone reads as failed, with the
        trials counted anew; the file stays as it is.

    Raises:
        RunNotFoundError: The folder holds no search.
        DataError: A record cannot be read.
    """
    source = SearchFiles(path).search_json
    message = f"Expected a search's folder. Received: path={str(path)!r}, without search.json."
    missing = f"{message} Start a search with: nnlab tune CONFIG"
    record = SearchRecord.from_json(record_text(source, missing), str(source))
    record = with_id_from_folder(record, path)
    ended = mark_orphaned(record, path)
    if ended is record:
        return record
    return dataclasses.replace(ended, counts=counts(read_trials(path)))


def read_trials(path: Path) -> list[FrozenTrial]:
    """Reads the trials of a search.

    Args:
        path: The search's folder.

    Returns:
        The trials in the order of their numbers. One that says `running` though nobody is at work
        on the search reads as interrupted; the file stays as it is.

    Raises:
        DataError: The record of one cannot be read.
    """
    sources = SearchFiles(path).trials.glob("*/trial.json")
    trials = [FrozenTrial.from_json(record_text(source), str(source)) for source in sources]
    run = sibling_run(path)
    if run is not None and run.status is not RunStatus.RUNNING:
        trials = [trial.as_interrupted() for trial in trials]
    return sorted(trials, key=lambda trial: trial.number)


def search_document(
    record: SearchRecord, trials: Iterable[FrozenTrial], path: Path
) -> dict[str, Any]:
    """A search with all its trials, as `--json` prints it.

    Args:
        record: The search.
        trials: Its trials.
        path: Its folder.
    """
    rows = [trial.to_dict() for trial in trials]
    return record.to_dict() | {"path": str(path), "trials": rows}


_KINDS: dict[str, Kind] = {
    "id": TEXT,
    "name": TEXT,
    "status": TEXT,
    "algorithm": TEXT,
    "objective": TEXT,
    "direction": TEXT,
    "seed": COUNT,
    "jobs": COUNT,
    "max_trials": COUNT,
    "max_time": NUMBER,
    "executions_per_trial": COUNT,
    "cv": COUNT,
    "max_epochs": COUNT,
    "space": LIST,
    "counts": TABLE,
    "best": TABLE,
    "retrained": TABLE,
    "stop_reason": TEXT,
    "importance": TABLE,
    "importance_errors": TABLE,
    "explained": NUMBER,
    "timing": TABLE,
    "error": TEXT,
    "command": LIST,
    "data": TABLE,
}
