"""The runs there are: listing them, and finding the one that a user means."""

from __future__ import annotations

import difflib
import math
import os
import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.errors import DataError, RequestError, RunNotFoundError
from nnlab.runs.files import RunFiles
from nnlab.runs.keys import keys_of
from nnlab.runs.record import RunRecord, RunStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN = 8
# A run of a comparison lies in the folder of its variant.
_DEEPEST = 2
# What follows a run's name in its id; a repeated run has the same name.
_TIME = re.compile(r"-\d{8}T\d{6}Z-\w+(-again(-\d+)?)?$")
_UNSORTABLE = {"metrics", "directions", "timing", "training", "environment", "process"}


class StoredRun(RunFiles):
    """A run as it lies on the disk: its folder, and the record that was read from it.

    Args:
        path: The run's folder.
        record: Its record, as `RunRecord.as_seen` gives it.
    """

    def __init__(self, path: Path, record: RunRecord) -> None:
        super().__init__(path)
        self.record = record

    @property
    def full_id(self) -> str:
        """Its id, behind that of the search or the comparison in which it lies: `digits-1/best`."""
        outer = [place for place in self.path.parents[:_DEEPEST] if _holds_others(place)]
        return self.path.relative_to(outer[-1].parent).as_posix() if outer else self.record.id


def default_runs_dir() -> Path:
    """The folder of all runs where the command line names none: `$NNLAB_RUNS_DIR`, else `runs`."""
    return Path(os.environ.get("NNLAB_RUNS_DIR") or "runs")


def read_run(path: Path) -> StoredRun:
    """Reads the run in a folder.

    Args:
        path: The run's folder.

    Returns:
        The run. A record that says `running` though its process is gone reads as failed; the file
        stays as it is.

    Raises:
        RunNotFoundError: The folder holds no run.
        DataError: The folder's record cannot be read.
    """
    source = path / "record.json"
    try:
        text = source.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError) as error:
        message = f"Expected a run's folder. Received: path={str(path)!r}, without record.json."
        raise RunNotFoundError(f"{message} List the runs there are with: nnlab runs") from error
    except (OSError, UnicodeDecodeError) as error:
        remedy = "Make the file readable, or delete the run's folder."
        message = f"Expected {source} to be readable. Received: error={str(error)!r}."
        raise DataError(f"{message} {remedy}") from error
    return StoredRun(path, RunRecord.from_json(text, str(source)).as_seen())


def list_runs(runs_dir: Path, sort: str | None = None) -> list[RunRecord]:
    """The runs of a folder, searches among them.

    A run whose record cannot be read is listed too, as failed, with the reason as its error.

    Args:
        runs_dir: The folder of all runs; it need not exist.
        sort: A field of the record, a metric or a timing: `val_accuracy`, `epoch_s`, `name`; or a
            dotted key as `RunKeys` takes it, `config.training.batch_size`. A metric puts the best
            first, anything else the smallest; runs that lack it come last. None: the newest first.

    Returns:
        The records.

    Raises:
        RequestError: No run has what `sort` names.
    """
    records = [_read_anyhow(path) for path in _folders(runs_dir)]
    records.sort(key=lambda record: (record.created, record.id), reverse=True)
    if sort is None or not records:
        return records
    values = [_sortable(record) for record in records]
    known = sorted(set().union(*values))
    if sort not in known:
        values = [{sort: keys_of(record, runs_dir)[sort]} for record in records]
    values = [{sort: None if isinstance(one.get(sort), dict) else one.get(sort)} for one in values]
    if all(value.get(sort) is None for value in values):
        near = difflib.get_close_matches(sort, known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        message = f"Expected a key that a run has, to sort by. Received: sort={sort!r}.{hint}"
        there = f"The keys there are: {', '.join(known)}; and those of the configs, under config."
        raise RequestError(f"{message} {there}")
    metric = sort.removeprefix("metrics.")
    downwards = any(
        record.direction(metric) == "max" for record in records if metric in record.metrics
    )
    pairs: list[tuple[Any, RunRecord]] = [
        (value.get(sort), record) for value, record in zip(values, records, strict=True)
    ]
    ranked = [pair for pair in pairs if not _missing(pair[0])]
    ranked.sort(key=lambda pair: _rank(pair[0]), reverse=downwards)
    return [record for _, record in [*ranked, *(pair for pair in pairs if _missing(pair[0]))]]


def find_run(name: str, runs_dir: Path) -> StoredRun:
    """Finds the run that a user means.

    Args:
        name: A run's folder, its id, a prefix that only one id starts with, its name where only one
            has it, or `last` for the run that was started last. A run inside another follows after
            a slash: `last/trials/3`.
        runs_dir: The folder of all runs.

    Returns:
        The run.

    Raises:
        RunNotFoundError: None answers to the name, or more than one.
        DataError: The run's record cannot be read.
    """
    folders = _folders(runs_dir)
    if name == "last" and folders:
        return read_run(max(folders, key=lambda path: (_read_anyhow(path).created, path.name)))
    for path in (runs_dir / name, Path(name)):
        if name and _holds_run(path):
            return read_run(path)
    outer, _, inner = name.partition("/")
    if outer and inner:
        return _find_inside(find_run(outer, runs_dir).path, inner)
    ids = sorted((path.name for path in folders), key=_age)
    if not ids:
        message = f"Expected a run. Received: run={name!r}, and {runs_dir} holds none."
        remedy = "Train one with: nnlab train CONFIG, or name the folder with --runs-dir."
        raise RunNotFoundError(f"{message} {remedy}")
    matches = [one for one in ids if name and one.startswith(name)]
    # `mnist` means the only run of that name, though `mnist_dropout` begins alike.
    named = [one for one in matches if _TIME.match(one, len(name))]
    if len(named or matches) == 1:
        return read_run(runs_dir / (named or matches)[0])
    if matches:
        message = f"Expected the start of one run's id. Received: run={name!r}, where"
        there = f"{len(matches)} begin: {_some(matches)}"
        raise RunNotFoundError(f"{message} {there}. Type more of it, or 'last' for the newest.")
    message = (
        f"Expected a run's folder, id, the start of its id, or 'last'. Received: run={name!r}."
    )
    there = f"The runs in {runs_dir}: {_some(ids)}."
    raise RunNotFoundError(f"{message}{_hint(name, ids)} {there}")


def find_runs(names: Sequence[str], runs_dir: Path) -> list[StoredRun]:
    """Finds the runs that a user means.

    Args:
        names: Names as `find_run` takes them.
        runs_dir: The folder of all runs.

    Returns:
        The runs, in the order of the names.

    Raises:
        RunNotFoundError: Some names have no run, or more than one; all of them are told.
        DataError: A run's record cannot be read.
    """
    found, faults = [], []
    for name in names:
        try:
            found.append(find_run(name, runs_dir))
        except RunNotFoundError as error:
            faults.append(str(error))
    if faults:
        raise RunNotFoundError("\n".join(faults))
    return found


def _find_inside(run: Path, inner: str) -> StoredRun:
    """The run that lies in the folder of another."""
    if _holds_run(run / inner):
        return read_run(run / inner)
    inside = sorted(str(path.parent.relative_to(run)) for path in run.glob("*/**/record.json"))
    message = f"Expected the folder of a run in {run}. Received: {inner!r}."
    there = f" There are: {_some(inside)}." if inside else ""
    raise RunNotFoundError(f"{message}{there}")


def _holds_run(path: Path) -> bool:
    return (path / "record.json").is_file()


def _holds_others(path: Path) -> bool:
    """Whether a folder is that of a search or a comparison, not just one that runs are kept in."""
    return any((path / name).is_file() for name in ("search.json", "comparison.json"))


def _folders(runs_dir: Path) -> list[Path]:
    """The folders that hold a run."""
    try:
        return [path for path in runs_dir.iterdir() if _holds_run(path)]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _read_anyhow(path: Path) -> RunRecord:
    """A run's record; one that says why, where the file cannot be read."""
    try:
        return read_run(path).record
    except (DataError, RunNotFoundError) as error:
        return RunRecord(id=path.name, name=path.name, status=RunStatus.FAILED, error=str(error))


def _sortable(record: RunRecord) -> dict[str, Any]:
    """What a run can be sorted by: its fields, metrics and timings that have a value."""
    plain = {
        item.name: getattr(record, item.name)
        for item in fields(record)
        if item.name not in _UNSORTABLE
    }
    return {
        name: value
        for name, value in {**plain, **record.timing, **record.metrics}.items()
        if value is not None
    }


def _rank(value: Any) -> tuple[bool, Any]:
    """Numbers before all else, which is ordered by its text: a batch size may be `full`."""
    is_number = isinstance(value, (int, float))
    return not is_number, value if is_number else str(value)


def _missing(value: Any) -> bool:
    """Whether a run has nothing to be ranked by."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _age(run: str) -> tuple[str, str]:
    """What ids are ordered by: their time, the oldest first."""
    found = _TIME.search(run)
    return (found[0] if found else "", run)


def _hint(name: str, ids: Sequence[str]) -> str:
    """The id that begins most like what was typed; nobody types the time and the hash."""
    starts = {one[: len(name)]: one for one in ids}
    near = difflib.get_close_matches(name, starts, n=1) if name else []
    return f" Did you mean {starts[near[0]]!r}?" if near else ""


def _some(names: Sequence[str]) -> str:
    """The newest few of many ids, and how many more there are."""
    shown = ", ".join(names[-_SHOWN:])
    return shown if len(names) <= _SHOWN else f"{shown}, and {len(names) - _SHOWN} more"
