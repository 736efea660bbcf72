"""A stored run: its folder, with the record read from it."""

from __future__ import annotations

import os
from pathlib import Path

from nnlab.runs.io.json_record import read_record_text, with_id_from_folder
from nnlab.runs.io.layout import RunFiles, RunKind, kind_of
from nnlab.runs.records.orphans import sibling_run
from nnlab.runs.records.run import RunRecord, RunStatus
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

# <comparison>/<variant>/<seed> and <search>/trials/<number>/<execution>.
_MAX_DEPTH = 3


class StoredRun(RunFiles):
    """A run in a folder.

    Args:
        path: The run's folder.
        record: Its record, as returned by `RunRecord.resolved`.
    """

    def __init__(self, path: Path, record: RunRecord) -> None:
        super().__init__(path)
        self.record = record

    @property
    def kind(self) -> RunKind:
        """The kind of the folder."""
        return kind_of(self.path) or RunKind.RUN

    @property
    def full_id(self) -> str:
        """The id, prefixed with that of the search or comparison it is part of: `digits-1/best`."""
        parents = [
            parent
            for parent in self.path.parents[:_MAX_DEPTH]
            if kind_of(parent) in {RunKind.SEARCH, RunKind.COMPARISON}
        ]
        return self.path.relative_to(parents[-1].parent).as_posix() if parents else self.record.id

    def child_runs(self) -> list[str]:
        """Return the paths of the runs inside the folder, `trials/3`, in numerical order."""
        paths = [path.parent.relative_to(self.path) for path in self.path.rglob("record.json")]
        return sorted((str(path) for path in paths if path != Path()), key=_natural_key)


def default_runs_dir() -> Path:
    """Return the default runs folder: `$NNLAB_RUNS_DIR`, or `runs` if the variable is not set."""
    return Path(os.environ.get("NNLAB_RUNS_DIR") or "runs")


def read_run(path: Path) -> StoredRun:
    """Read the run in a folder.

    Args:
        path: The run's folder.

    Returns:
        The run, with the folder's name as its id. A run with status `running` whose process is gone
        is returned as failed; the file is not changed. A trial without a single training is
        returned as a run with the trial's status.

    Raises:
        RunNotFoundError: If the folder contains no run.
        DataError: If the record cannot be read.
    """
    if kind_of(path) is RunKind.TRIAL:
        source = path / RunKind.TRIAL.file
        trial = FrozenTrial.from_json(read_record_text(source), str(source))
        return StoredRun(path, _run_from_trial(trial, path))
    source = path / RunKind.RUN.file
    message = f"Expected a run's folder. Received: path={str(path)!r}, without record.json."
    text = read_record_text(source, f"{message} List the runs with: nnlab runs")
    record = RunRecord.from_json(text, str(source)).resolved()
    return StoredRun(path, with_id_from_folder(record, path))


def _run_from_trial(trial: FrozenTrial, path: Path) -> RunRecord:
    """Return a trial as a run's record; interrupted if its search is no longer running."""
    search = sibling_run(path.parent.parent)
    if search is None or search.status is not RunStatus.RUNNING:
        trial = trial.as_interrupted()
    is_pruned = trial.status is TrialStatus.PRUNED
    return RunRecord(
        id=path.name,
        name=f"trial {trial.number}",
        status=RunStatus.COMPLETE if is_pruned else RunStatus(trial.status.value),
        epochs_run=trial.epochs,
        params=trial.params,
        timing={"total_s": trial.seconds} if trial.is_finished else {},
        error=trial.error,
    )


def _natural_key(name: str) -> list[tuple[bool, int, str]]:
    """Return a sort key for a path that compares numeric parts as numbers."""
    return [
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part)
        for part in name.split("/")
    ]
