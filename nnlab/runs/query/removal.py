"""Deleting runs: none that is at work, nothing outside the folder of runs."""

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
    """Refuses runs that must not be deleted.

    Args:
        runs: The runs.
        runs_dir: The folder of all runs.

    Raises:
        RequestError: A run is at work, or a part of it is; or its folder does not lie directly in
            the folder of runs. All such runs are told.
    """
    reasons = [(run, _reason(run, runs_dir)) for run in runs]
    faults = [
        f"Expected a run that can be deleted. Received: {run.path}, which {reason}"
        for run, reason in reasons
        if reason
    ]
    if faults:
        raise RequestError("\n".join(faults))


def remove_run(run: StoredRun) -> None:
    """Deletes a run's folder; check it first.

    Args:
        run: The run.

    Raises:
        RunFailedError: The disk refused.
    """
    # Under another name and without its record it is no run any more, wherever this is cut off.
    beside = run.path.with_name(f".{run.path.name}.deleted")
    try:
        run.path.rename(beside)
        for kind in RunKind:
            (beside / kind.file).unlink(missing_ok=True)
        shutil.rmtree(beside)
    except OSError as error:
        words = os.strerror(error.errno) if error.errno else str(error)
        message = f"Expected to be able to delete {run.path}. Received: error={words!r}."
        raise RunFailedError(f"{message} Make the folder yours, then delete {beside}.") from error


def size_of(run: StoredRun) -> int:
    """Bytes of all files in a run's folder.

    Args:
        run: The run.
    """
    files = (file for file in run.path.rglob("*") if file.is_file() and not file.is_symlink())
    return sum(file.stat().st_size for file in files)


def _reason(run: StoredRun, runs_dir: Path) -> str:
    """Why a run must stay; empty where it need not."""
    if run.path.is_symlink():
        return "is a link to another folder. Delete the link yourself."
    if run.path.resolve().parent != runs_dir.resolve():
        if run.full_id != run.record.id:
            whole = run.full_id.partition("/")[0]
            return f"is a part of {whole}. Delete the whole, or leave it."
        return f"does not lie directly in {runs_dir}. Name its folder of runs with --runs-dir."
    if run.record.status is RunStatus.RUNNING:
        return "is at work. Stop it first, or wait."
    for name in run.inside():
        try:
            inner = read_run(run.path / name)
        except (DataError, RunNotFoundError):
            continue
        if inner.record.status is RunStatus.RUNNING:
            return f"holds {name}, which is at work. Stop it first, or wait."
    return ""
