"""A stored run: its folder with the record read from it, and its deletion."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.errors import (
    DataError,
    RequestError,
    RunFailedError,
    RunNotFoundError,
    describe_os_error,
)
from nnlab.runs.io.json_record import read_record_text, with_id_from_folder
from nnlab.runs.io.layout import RunFiles, RunKind, kind_of
from nnlab.runs.records.run import RunRecord, RunStatus, sibling_run
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def _natural_key(name: str) -> list[tuple[bool, int, str]]:
    """Return a sort key for a path that compares numeric parts as numbers."""
    return [
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part)
        for part in name.split("/")
    ]


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
        search = sibling_run(path.parent.parent)
        if search is None or search.status is not RunStatus.RUNNING:
            trial = trial.as_interrupted()
        is_pruned = trial.status is TrialStatus.PRUNED
        record = RunRecord(
            id=path.name,
            name=f"trial {trial.number}",
            status=RunStatus.COMPLETE if is_pruned else RunStatus(trial.status.value),
            epochs_run=trial.epochs,
            params=trial.params,
            timing={"total_s": trial.seconds} if trial.is_finished else {},
            error=trial.error,
        )
        return StoredRun(path, record)
    source = path / RunKind.RUN.file
    message = f"Expected a run's folder. Received: path={str(path)!r}, without record.json."
    text = read_record_text(source, f"{message} List the runs with: nnlab runs")
    record = RunRecord.from_json(text, str(source)).resolved()
    return StoredRun(path, with_id_from_folder(record, path))


def check_removable(runs: Sequence[StoredRun], runs_dir: Path) -> None:
    """Raise one RequestError for all runs that are running or not directly in the runs folder."""
    reasons = [(run, _reason_to_keep(run, runs_dir)) for run in runs]
    messages = [
        f"Expected a run that can be deleted. Received: {run.path}, which {reason}"
        for run, reason in reasons
        if reason
    ]
    if messages:
        raise RequestError("\n".join(messages))


def remove_run(run: StoredRun) -> None:
    """Delete a run's folder; call `check_removable` first."""
    # Renamed and without its record, it is not a run any more if the deletion is interrupted.
    hidden = run.path.with_name(f".{run.path.name}.deleted")
    try:
        run.path.rename(hidden)
        for kind in RunKind:
            (hidden / kind.file).unlink(missing_ok=True)
        shutil.rmtree(hidden)
    except OSError as error:
        message = f"Expected to be able to delete {run.path}."
        received = f"Received: error={describe_os_error(error)!r}."
        hint = f"Make the folder writable, then delete {hidden}."
        raise RunFailedError(f"{message} {received} {hint}") from error


def folder_size(run: StoredRun) -> int:
    """Return the size of all files in a run's folder in bytes."""
    files = (file for file in run.path.rglob("*") if file.is_file() and not file.is_symlink())
    return sum(file.stat().st_size for file in files)


def _reason_to_keep(run: StoredRun, runs_dir: Path) -> str:
    """Return why a run must not be deleted, or an empty string."""
    if run.path.is_symlink():
        return "is a link to another folder. Delete the link yourself."
    if run.path.resolve().parent != runs_dir.resolve():
        if run.full_id != run.record.id:
            parent = run.full_id.partition("/")[0]
            return f"is a part of {parent}. Delete {parent} as a whole, or keep the run."
        return f"is not directly in {runs_dir}. Name its runs folder with --runs-dir."
    if run.record.status is RunStatus.RUNNING:
        return "is running. Stop it first, or wait."
    for name in run.child_runs():
        try:
            child = read_run(run.path / name)
        except (DataError, RunNotFoundError):
            continue
        if child.record.status is RunStatus.RUNNING:
            return f"contains {name}, which is running. Stop it first, or wait."
    return ""
