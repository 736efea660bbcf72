"""Deletion of runs, with its safety checks."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from nnlab.errors import DataError, RequestError, RunFailedError, RunNotFoundError
from nnlab.runs.io.layout import RunKind
from nnlab.runs.query.stored import StoredRun, read_run
from nnlab.runs.records.run import RunStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


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
        reason = os.strerror(error.errno) if error.errno else str(error)
        message = f"Expected to be able to delete {run.path}. Received: error={reason!r}."
        hint = f"Make the folder writable, then delete {hidden}."
        raise RunFailedError(f"{message} {hint}") from error


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
