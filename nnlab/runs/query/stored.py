"""A run as it lies on the disk."""

from __future__ import annotations

import os
from pathlib import Path

from nnlab.runs.io.json_record import record_text, with_id_from_folder
from nnlab.runs.io.layout import RunFiles, RunKind, kind_of
from nnlab.runs.records.orphans import sibling_run
from nnlab.runs.records.run import RunRecord, RunStatus
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

# A run of a comparison lies in the folder of its variant, one of a trial in that of the trial.
_DEEPEST = 3


class StoredRun(RunFiles):
    """A run as it lies on the disk: its folder, and the record that was read from it.

    Args:
        path: The run's folder.
        record: Its record, as `RunRecord.resolved` gives it.
    """

    def __init__(self, path: Path, record: RunRecord) -> None:
        super().__init__(path)
        self.record = record

    @property
    def kind(self) -> RunKind:
        """What its folder holds."""
        return kind_of(self.path) or RunKind.RUN

    @property
    def full_id(self) -> str:
        """Its id, behind that of the search or the comparison in which it lies: `digits-1/best`."""
        outer = [place for place in self.path.parents[:_DEEPEST] if _holds_others(place)]
        return self.path.relative_to(outer[-1].parent).as_posix() if outer else self.record.id

    def inside(self) -> list[str]:
        """The runs that lie in its folder, in the order of their numbers: `trials/3`."""
        found = [path.parent.relative_to(self.path) for path in self.path.rglob("record.json")]
        return sorted((str(path) for path in found if path != Path()), key=_in_order)


def default_runs_dir() -> Path:
    """The folder of all runs where the command line names none: `$NNLAB_RUNS_DIR`, else `runs`."""
    return Path(os.environ.get("NNLAB_RUNS_DIR") or "runs")


def read_run(path: Path) -> StoredRun:
    """Reads the run in a folder.

    Args:
        path: The run's folder.

    Returns:
        The run, its id the folder's name. A record that says `running` though its process is gone
        reads as failed; the file stays as it is. A trial without a training of its own reads as a
        run of the same end.

    Raises:
        RunNotFoundError: The folder holds no run.
        DataError: The folder's record cannot be read.
    """
    if kind_of(path) is RunKind.TRIAL:
        trial = path / RunKind.TRIAL.file
        return StoredRun(path, _run_of(FrozenTrial.from_json(record_text(trial), str(trial)), path))
    source = path / RunKind.RUN.file
    message = f"Expected a run's folder. Received: path={str(path)!r}, without record.json."
    text = record_text(source, f"{message} List the runs there are with: nnlab runs")
    return StoredRun(
        path, with_id_from_folder(RunRecord.from_json(text, str(source)).resolved(), path)
    )


def _run_of(trial: FrozenTrial, path: Path) -> RunRecord:
    """What a run's record would say of a trial; where nothing goes on, it was interrupted."""
    search = sibling_run(path.parent.parent)
    if search is None or search.status is not RunStatus.RUNNING:
        trial = trial.as_interrupted()
    pruned = trial.status is TrialStatus.PRUNED
    return RunRecord(
        id=path.name,
        name=f"trial {trial.number}",
        status=RunStatus.COMPLETE if pruned else RunStatus(trial.status.value),
        epochs_run=trial.epochs,
        params=trial.params,
        timing={"total_s": trial.seconds} if trial.is_finished else {},
        error=trial.error,
    )


def _holds_others(path: Path) -> bool:
    """Whether a folder is that of a search or a comparison, not just one that runs are kept in."""
    return kind_of(path) in {RunKind.SEARCH, RunKind.COMPARISON}


def _in_order(name: str) -> list[tuple[bool, int, str]]:
    """What names are ordered by: numbers in them by their size."""
    return [
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part)
        for part in name.split("/")
    ]
