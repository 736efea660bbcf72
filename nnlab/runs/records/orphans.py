"""Detection of searches and comparisons whose process was killed."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

from nnlab.errors import RunNotFoundError
from nnlab.runs.io.json_record import JsonRecord, read_record_text
from nnlab.runs.io.layout import RunFiles
from nnlab.runs.records.run import RunRecord, RunStatus

if TYPE_CHECKING:
    from pathlib import Path

RecordT = TypeVar("RecordT", bound=JsonRecord)


def mark_orphaned(record: RecordT, path: Path) -> RecordT:
    """Return a record with the end of its sibling run if it says `running` and the process is gone.

    The record needs the fields `status`, `error` and `timing`; otherwise it is returned unchanged.
    """
    any_record: Any = record
    run = sibling_run(path)
    if run is None or any_record.status != RunStatus.RUNNING or run.status is RunStatus.RUNNING:
        return record
    timing = {**any_record.timing, **run.timing}
    ended: RecordT = dataclasses.replace(
        any_record, status=run.status, error=run.error, timing=timing
    )
    return ended


def sibling_run(path: Path) -> RunRecord | None:
    """Read the `record.json` of a search or comparison, which names its process; None if absent."""
    with contextlib.suppress(RunNotFoundError):
        source = RunFiles(path).record_json
        return RunRecord.from_json(read_record_text(source, ""), str(source)).resolved()
    return None
