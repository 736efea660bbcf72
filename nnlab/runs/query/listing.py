"""Listing and sorting of runs."""

from __future__ import annotations

import dataclasses
import difflib
import math
from typing import TYPE_CHECKING, Any

from nnlab.errors import DataError, RequestError, RunNotFoundError
from nnlab.runs.io.layout import RunFiles, RunKind, kind_of
from nnlab.runs.query.keys import RunKeys
from nnlab.runs.query.stored import read_run
from nnlab.runs.records.run import RunRecord, RunStatus

if TYPE_CHECKING:
    from pathlib import Path

# Rarely used for sorting; with them, the list of keys would be four times as long.
_UNLISTED_KEYS = ("config.", "directions.", "environment.", "training.", "process.")


def run_folders(runs_dir: Path) -> list[Path]:
    """Return the run folders directly in a folder, which need not exist."""
    try:
        return [path for path in runs_dir.iterdir() if kind_of(path) not in {None, RunKind.TRIAL}]
    except (FileNotFoundError, NotADirectoryError):
        return []


def list_runs(
    runs_dir: Path,
    sort: str | None = None,
    *,
    include_children: bool = False,
    reverse: bool = False,
) -> list[RunRecord]:
    """List the runs of a folder, searches and comparisons included.

    A run whose record cannot be read is listed as failed, with the reason as its error.

    Args:
        runs_dir: The runs folder; it need not exist.
        sort: The key to sort by: a metric, a timing or a field of the record (`val_accuracy`,
            `epoch_s`, `name`), or a dotted key as accepted by `RunKeys`
            (`config.training.batch_size`). Metrics are sorted best first, all other keys ascending;
            runs without the key are last. Defaults to None: newest first.
        include_children: Whether to list the runs inside searches and comparisons, with ids such as
            `digits-1/trials/3`. Defaults to False.
        reverse: Whether to reverse the order; runs without the key are still last. Defaults to
            False.

    Returns:
        The records of the runs.

    Raises:
        RequestError: If no run has the key.
    """
    folders = run_folders(runs_dir)
    records = [read_record_or_broken(path) for path in folders]
    if include_children:
        records += [
            dataclasses.replace(
                read_record_or_broken(path.parent), id=str(path.parent.relative_to(runs_dir))
            )
            for folder in folders
            for path in folder.rglob(RunKind.RUN.file)
            if path.parent != folder
        ]
    records.sort(key=lambda record: (record.created, record.id), reverse=not reverse)
    if sort is None or not records:
        return records
    runs = [RunKeys(record, RunFiles(runs_dir / record.id)) for record in records]
    values = [None if isinstance(value := run[sort], dict) else value for run in runs]
    if all(value is None for value in values):
        raise _unknown_key(sort, runs)
    metric = sort.removeprefix("metrics.")
    is_descending = any(
        record.direction(metric) == "max" for record in records if metric in record.metrics
    )
    pairs = list(zip(values, records, strict=True))
    ranked = [pair for pair in pairs if not _is_missing(pair[0])]
    ranked.sort(key=lambda pair: _sort_key(pair[0]), reverse=is_descending != reverse)
    return [record for _, record in [*ranked, *(pair for pair in pairs if _is_missing(pair[0]))]]


def read_record_or_broken(path: Path) -> RunRecord:
    """Read a run's record; if that fails, return a failed one with the reason as its error."""
    try:
        return read_run(path).record
    except (DataError, RunNotFoundError) as error:
        return RunRecord(id=path.name, name=path.name, status=RunStatus.FAILED, error=str(error))


def _unknown_key(sort: str, runs: list[RunKeys]) -> RequestError:
    names = {name for run in runs for name in run.names() if not name.startswith(_UNLISTED_KEYS)}
    keys = sorted(name.removeprefix("metrics.").removeprefix("timing.") for name in names)
    matches = difflib.get_close_matches(sort, keys, n=1)
    hint = f" Did you mean {matches[0]!r}?" if matches else ""
    message = f"Expected a key that some run has. Received: sort={sort!r}.{hint}"
    available = f"The keys are: {', '.join(keys)}; those of the configs start with config."
    return RequestError(f"{message} {available}")


def _sort_key(value: Any) -> tuple[bool, Any]:
    """Return a key that sorts numbers before text, such as the batch size `full`."""
    is_number = isinstance(value, (int, float))
    return not is_number, value if is_number else str(value)


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
