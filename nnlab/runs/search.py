"""A search's folder: its frozen record, and the trials in it."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnlab.errors import DataError
from nnlab.runs.atomic import atomic_write, writing
from nnlab.runs.files import RunFiles
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
from nnlab.runs.process import Process
from nnlab.runs.record import Direction, RunRecord, RunStatus
from nnlab.runs.trial import TrialRecord, TrialStatus, Value


class SearchFiles(RunFiles):
    """The paths of one search's folder; a file need not be there yet.

    Its `config_yaml` is the config with its markers.

    Args:
        path: The search's folder.

    Example:
        >>> SearchFiles(Path("runs/layers-tune")).trial_json(7).as_posix()
        'runs/layers-tune/trials/7/trial.json'
    """

    @property
    def search_json(self) -> Path:
        """The search's record, see `SearchRecord`."""
        return self.path / "search.json"

    @property
    def trials(self) -> Path:
        """The folder of the trials."""
        return self.path / "trials"

    def trial(self, number: int) -> Path:
        """The folder of one trial: a run's, or one with a run's folder for each repetition."""
        return self.trials / str(number)

    def trial_json(self, number: int) -> Path:
        """The record of one trial, see `TrialRecord`."""
        return self.trial(number) / "trial.json"

    @property
    def best_yaml(self) -> Path:
        """The best trial's config: `nnlab train` takes it."""
        return self.path / "best.yaml"

    @property
    def best(self) -> Path:
        """The folder of the run that trained the best config again."""
        return self.path / "best"

    @property
    def trials_csv(self) -> Path:
        """One row a trial."""
        return self.path / "trials.csv"


@dataclass(frozen=True)
class SearchRecord:
    """All that is known of a search beside its trials: `search.json`.

    Args:
        id: The search's id, which is its folder's name.
        name: The experiment's name.
        status: Where the search stands, as for a run.
        created: Start, ISO 8601 in UTC.
        finished: End, ISO 8601 in UTC; None while it runs.
        config_hash: SHA-256 of the config's text, markers in place.
        algorithm: What proposes trials: `random`, `grid`, `bayesian`, `hyperband`.
        objective: The metric that trials are ranked by.
        direction: Whether less ("min") or more ("max") of it is better.
        seed: The seed of the proposals.
        jobs: Trials at the same time.
        max_trials: Trials, at most.
        executions: Runs a trial: repetitions, or folds.
        space: The hyperparameters, as `Hyperparameter.to_dict` gives them.
        trials: How many trials there are of each status.
        best: The number of the best trial; None as long as none is complete.
        best_score: Its score.
        best_values: Its values, by the hyperparameters' names.
        metrics: Metrics of the run that trained the best config again, test metrics among them.
        importance: What each hyperparameter's share in the score is, by its name.
        timing: Seconds by name: `total_s`, over all sittings.
        environment: Versions, machine, git revision, command line, see `environment`.
        error: Why the search failed, or what interrupted it.
        process: The process that runs the search.

    Example:
        >>> record = SearchRecord("xor-tune-20261121T031500Z-1f2e3d4", "xor", objective="val_loss")
        >>> SearchRecord.from_json(record.to_json()) == record
        True
    """

    id: str
    name: str
    status: RunStatus = RunStatus.RUNNING
    created: str = ""
    finished: str | None = None
    config_hash: str = ""
    algorithm: str = "random"
    objective: str = "val_loss"
    direction: Direction = "min"
    seed: int | None = None
    jobs: int = 1
    max_trials: int | None = None
    executions: int = 1
    space: tuple[dict[str, Any], ...] = ()
    trials: dict[str, int] = field(default_factory=dict)
    best: int | None = None
    best_score: float | None = None
    best_values: dict[str, Value] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    importance: dict[str, float] = field(default_factory=dict)
    timing: dict[str, float] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    process: Process | None = None

    def with_trials(self, trials: Iterable[TrialRecord]) -> SearchRecord:
        """The record with what a list of trials says: how many of each status, and the best.

        Args:
            trials: All trials of the search.
        """
        several = list(trials)
        ranked = ranking(several, self.direction)
        first = ranked[0] if ranked else None
        return dataclasses.replace(
            self,
            trials=dict(Counter(str(trial.status) for trial in several)),
            best=first.number if first else None,
            best_score=first.score if first else None,
            best_values=dict(first.values) if first else {},
        )

    def as_run(self) -> RunRecord:
        """The search among runs, as lists of runs show it: its metric is the best trial's score.

        `training` tells of `search`, the algorithm, and `trials`, how many of each status.
        """
        score = {} if self.best_score is None else {self.objective: self.best_score}
        return RunRecord(
            self.id,
            self.name,
            status=self.status,
            created=self.created,
            finished=self.finished,
            config_hash=self.config_hash,
            seed=self.seed,
            metrics={**self.metrics, **score},
            directions={self.objective: self.direction},
            timing=self.timing,
            training={"search": self.algorithm, "trials": self.trials},
            environment=self.environment,
            error=self.error,
            process=self.process,
        )

    def as_seen(self) -> SearchRecord:
        """The record as a reader should take it: a search whose process is gone does not run."""
        seen = self.as_run().as_seen()
        if seen.status is self.status:
            return self
        error = f"{seen.error} Go on with: nnlab tune --resume {self.id}"
        return dataclasses.replace(self, status=RunStatus.INTERRUPTED, error=error)

    def to_dict(self) -> dict[str, Any]:
        """The record as strict JSON can carry it: NaN is None, infinity is the text "Infinity"."""
        values = {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}
        values["process"] = dataclasses.asdict(self.process) if self.process else None
        return {name: strict(value) for name, value in values.items()}

    def to_json(self) -> str:
        """The text of `search.json`."""
        return json_text(self.to_dict())

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
        known = read_object(text, _KINDS, _REQUIRED, source)
        try:
            known["status"] = RunStatus(known["status"])
            for key in known.keys() & {"metrics", "timing", "importance"}:
                known[key] = {name: number(value) for name, value in known[key].items()}
            if "best_score" in known:
                known["best_score"] = number(known["best_score"])
            if "process" in known:
                known["process"] = Process(**known["process"])
        except (TypeError, ValueError) as error:
            raise broken(source, f"the record of a search. Received: {error}") from error
        return cls(**known | {"space": tuple(known.get("space", ()))})


def ranking(trials: Iterable[TrialRecord], direction: Direction) -> list[TrialRecord]:
    """The trials that are complete and have a score, the best first; of equal ones the earliest.

    Args:
        trials: In any order.
        direction: Whether less or more of the score is better.

    Example:
        >>> done = TrialStatus.COMPLETE
        >>> trials = [TrialRecord(number, {}, done, score=number % 3) for number in range(5)]
        >>> [trial.number for trial in ranking(trials, "max")]
        [2, 1, 4, 0, 3]
    """
    sign = 1 if direction == "min" else -1
    scored = [
        (sign * trial.score, trial.number, trial)
        for trial in trials
        if trial.status is TrialStatus.COMPLETE
        and trial.score is not None
        and math.isfinite(trial.score)
    ]
    return [trial for *_, trial in sorted(scored, key=lambda item: item[:2])]


def write_search(path: Path, record: SearchRecord) -> None:
    """Writes `search.json`, whole or not at all.

    Args:
        path: The search's folder.
        record: Its record.

    Raises:
        RunFailedError: The disk refused.
    """
    file = SearchFiles(path).search_json
    with writing(file):
        atomic_write(file, record.to_json())


def write_trial(path: Path, trial: TrialRecord) -> None:
    """Writes a trial's `trial.json`, whole or not at all.

    Args:
        path: The search's folder.
        trial: The trial's record.

    Raises:
        RunFailedError: The disk refused.
    """
    file = SearchFiles(path).trial_json(trial.number)
    with writing(file):
        atomic_write(file, trial.to_json())


def read_search(path: Path) -> SearchRecord:
    """Reads a search's record.

    Args:
        path: The search's folder.

    Returns:
        The record, as `SearchRecord.as_seen` gives it.

    Raises:
        DataError: It cannot be read.
    """
    file = SearchFiles(path).search_json
    return SearchRecord.from_json(_text(file), str(file)).as_seen()


def list_trials(path: Path) -> Sequence[TrialRecord]:
    """The trials of a search, in the order in which they were proposed.

    Args:
        path: The search's folder.

    Returns:
        The records; a folder without `trial.json` is none.

    Raises:
        DataError: One of them cannot be read.
    """
    files = SearchFiles(path).trials.glob("*/trial.json")
    trials = [TrialRecord.from_json(_text(file), str(file)) for file in files]
    return sorted(trials, key=lambda trial: trial.number)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"Expected {file} to be readable. Received: error={str(error)!r}."
        raise DataError(f"{message} Make it readable, or delete the folder.") from error


_KINDS: dict[str, Kind] = {
    "id": TEXT,
    "name": TEXT,
    "status": TEXT,
    "created": TEXT,
    "finished": TEXT,
    "config_hash": TEXT,
    "algorithm": TEXT,
    "objective": TEXT,
    "direction": TEXT,
    "seed": COUNT,
    "jobs": COUNT,
    "max_trials": COUNT,
    "executions": COUNT,
    "space": LIST,
    "trials": TABLE,
    "best": COUNT,
    "best_score": NUMBER,
    "best_values": TABLE,
    "metrics": TABLE,
    "importance": TABLE,
    "timing": TABLE,
    "environment": TABLE,
    "error": TEXT,
    "process": TABLE,
}
_REQUIRED = ("id", "name", "status")
