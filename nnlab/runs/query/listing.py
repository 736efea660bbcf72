"""The runs that there are, in an order."""

from __future__ import annotations

import dataclasses
import difflib
import math
from typing import TYPE_CHECKING, Any

from nnlab.errors import DataError, RequestError, RunNotFoundError
from nnlab.runs.io.layout import RunKind, kind_of
from nnlab.runs.query.keys import keys_of
from nnlab.runs.query.stored import read_run
from nnlab.runs.records.run import RunRecord, RunStatus

if TYPE_CHECKING:
    from pathlib import Path

# Nobody sorts by these; the list of keys would be four times as long.
_UNUSUAL = ("config.", "directions.", "environment.", "training.", "process.")


def run_folders(runs_dir: Path) -> list[Path]:
    """The folders in a folder that hold a run.

    Args:
        runs_dir: The folder of all runs; it need not exist.
    """
    try:
        return [path for path in runs_dir.iterdir() if kind_of(path) not in {None, RunKind.TRIAL}]
    except (FileNotFoundError, NotADirectoryError):
        return []


def list_runs(
    runs_dir: Path, sort: str | None = None, *, inside: bool = False, is_reversed: bool = False
) -> list[RunRecord]:
    """The runs of a folder, searches among them.

    A run whose record cannot be read is listed too, as failed, with the reason as its error.

    Args:
        runs_dir: The folder of all runs; it need not exist.
        sort: A field of the record, a metric or a timing: `val_accuracy`, `epoch_s`, `name`; or a
            dotted key as `RunKeys` takes it, `config.training.batch_size`. A metric puts the best
            first, anything else the smallest; runs that lack it come last. None: the newest first.
        inside: List the runs inside searches and comparisons as well, their ids behind those of
            the whole: `digits-1/trials/3`.
        is_reversed: The other way round; runs that lack the key come last all the same.

    Returns:
        The records.

    Raises:
        RequestError: No run has what `sort` names.
    """
    folders = run_folders(runs_dir)
    records = [read_record_or_broken(path) for path in folders]
    if inside:
        records += [
            dataclasses.replace(
                read_record_or_broken(path.parent), id=str(path.parent.relative_to(runs_dir))
            )
            for folder in folders
            for path in folder.rglob(RunKind.RUN.file)
            if path.parent != folder
        ]
    records.sort(key=lambda record: (record.created, record.id), reverse=not is_reversed)
    if sort is None or not records:
        return records
    keys = [keys_of(record, runs_dir) for record in records]
    values = [None if isinstance(value := one[sort], dict) else value for one in keys]
    if all(value is None for value in values):
        names = {name for one in keys for name in one.names() if not name.startswith(_UNUSUAL)}
        known = sorted(name.removeprefix("metrics.").removeprefix("timing.") for name in names)
        near = difflib.get_close_matches(sort, known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        message = f"Expected a key that a run has, to sort by. Received: sort={sort!r}.{hint}"
        there = f"The keys there are: {', '.join(known)}; and those of the configs, under config."
        raise RequestError(f"{message} {there}")
    metric = sort.removeprefix("metrics.")
    downwards = any(
        record.direction(metric) == "max" for record in records if metric in record.metrics
    )
    pairs = list(zip(values, records, strict=True))
    ranked = [pair for pair in pairs if not _missing(pair[0])]
    ranked.sort(key=lambda pair: _rank(pair[0]), reverse=downwards != is_reversed)
    return [record for _, record in [*ranked, *(pair for pair in pairs if _missing(pair[0]))]]


def read_record_or_broken(path: Path) -> RunRecord:
    """A run's record; one that says why, where the file cannot be read.

    Args:
        path: The run's folder.
    """
    try:
        return read_run(path).record
    except (DataError, RunNotFoundError) as error:
        return RunRecord(id=path.name, name=path.name, status=RunStatus.FAILED, error=str(error))


def _rank(value: Any) -> tuple[bool, Any]:
    """Numbers before all else, which is ordered by its text: a batch size may be `full`."""
    is_number = isinstance(value, (int, float))
    return not is_number, value if is_number else str(value)


def _missing(value: Any) -> bool:
    """Whether a run has nothing to be ranked by."""
    return value is None or (isinstance(value, float) and math.isnan(value))
