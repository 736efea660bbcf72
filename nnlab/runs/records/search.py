"""The folder of a search, its record, and the records of its trials.

A resumed search is rebuilt from `trials/<number>/trial.json`; `search.json` holds the settings and
the progress.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnlab.config.metrics import Direction
from nnlab.runs.io.json_record import (
    JsonRecord,
    parse_record,
    parse_status,
    read_record_text,
    with_id_from_folder,
)
from nnlab.runs.io.layout import RunFiles
from nnlab.runs.records.run import RunStatus, mark_orphaned, sibling_run
from nnlab.runs.records.trial import FrozenTrial, count_by_status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class SearchFiles(RunFiles):
    """The paths in a search's folder."""

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
        """The run of the retrained best config."""
        return self.path / "best"

    @property
    def best_yaml(self) -> Path:
        """The best trial's config."""
        return self.path / "best.yaml"

    @property
    def trials_csv(self) -> Path:
        """The trials, one row each."""
        return self.path / "trials.csv"

    def trial(self, number: int) -> Path:
        """Return the folder of a trial."""
        return self.trials / str(number)

    def trial_json(self, number: int) -> Path:
        """Return the path of a trial's record, see `FrozenTrial`."""
        return self.trial(number) / "trial.json"


@dataclass(frozen=True)
class SearchRecord(JsonRecord):
    """The record of a search, as in `search.json` and `--json`.

    Args:
        id: The search's id, the name of its folder.
        name: The experiment's name.
        status: The status, as in the folder's `record.json`.
        algorithm: `random`, `grid`, `bayesian` or `hyperband`.
        objective: The metric to optimize.
        direction: Whether to minimize or to maximize it.
        seed: The seed of the sampler.
        jobs: Number of trials at the same time.
        max_trials: Maximum number of trials.
        max_time: Maximum search time in seconds; None without a limit.
        executions_per_trial: Number of trainings per trial.
        cv: Number of folds of the cross-validation; None without one.
        max_epochs: Epochs of a full trial; None if epochs are searched.
        space: The hyperparameters as plain data: `name`, `kind`, range or values, conditions.
        trial_counts: Number of trials by status.
        best: The best trial, as returned by `FrozenTrial.to_dict`; None before one is complete.
        final_metrics: The final metrics of the run in `best/`; None if it was not retrained.
        stop_reason: Why the search stopped: `max_trials`, `max_time`, `space`, `user`, `failures`.
        importance: The share of each hyperparameter in the score, by name without repetitions; 0 if
            not significant.
        importance_errors: The standard error of each share.
        importance_r2: The fraction of the trials' ranks that the hyperparameters explain.
        timing: Seconds by name, summed over resumed searches: `total_s`, `search_s`, `retrain_s`.
        error: Why the search failed or was interrupted.
        command: The command line.
        data: The fingerprint of the data file; empty without a file.
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
    trial_counts: dict[str, int] = field(default_factory=dict)
    best: dict[str, Any] | None = None
    final_metrics: dict[str, float] | None = None
    stop_reason: str | None = None
    importance: dict[str, float] = field(default_factory=dict)
    importance_errors: dict[str, float] = field(default_factory=dict)
    importance_r2: float | None = None
    timing: dict[str, float] = field(default_factory=dict)
    error: str | None = None
    command: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def finished_trials(self) -> int:
        """The number of complete and failed trials."""
        return sum(self.trial_counts.get(status, 0) for status in ("complete", "failed"))

    @classmethod
    def from_json(cls, text: str, source: str = "search.json") -> SearchRecord:
        """Parse a `search.json`; unknown keys are ignored."""
        values = parse_record(cls, text, ("id", "name", "status"), source)
        values["status"] = parse_status(RunStatus, values, source)
        return cls(**values)


def read_search(path: Path) -> SearchRecord:
    """Read the record of a search.

    If it says `running` and its process is gone, the returned record is failed and its trials are
    counted again; the file is not changed.
    """
    source = SearchFiles(path).search_json
    message = f"Expected a search's folder. Received: path={str(path)!r}, without search.json."
    missing = f"{message} Start a search with: nnlab tune CONFIG"
    record = SearchRecord.from_json(read_record_text(source, missing), str(source))
    record = with_id_from_folder(record, path)
    resolved = mark_orphaned(record, path)
    if resolved is record:
        return record
    return dataclasses.replace(resolved, trial_counts=count_by_status(read_trials(path)))


def read_trials(path: Path) -> list[FrozenTrial]:
    """Read the trials of a search, in the order of their numbers.

    If the search is not running, running trials are returned as interrupted; the files are not
    changed.
    """
    sources = SearchFiles(path).trials.glob("*/trial.json")
    trials = [FrozenTrial.from_json(read_record_text(source), str(source)) for source in sources]
    run = sibling_run(path)
    if run is not None and run.status is not RunStatus.RUNNING:
        trials = [trial.as_interrupted() for trial in trials]
    return sorted(trials, key=lambda trial: trial.number)


def search_document(
    record: SearchRecord, trials: Iterable[FrozenTrial], path: Path
) -> dict[str, Any]:
    """Return a search with all its trials as plain data, for `--json`."""
    rows = [trial.to_dict() for trial in trials]
    return record.to_dict() | {"path": str(path), "trials": rows}
