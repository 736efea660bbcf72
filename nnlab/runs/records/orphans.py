"""Work whose process was killed, and could not say so: the run's record beside it knows."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

from nnlab.errors import RunNotFoundError
from nnlab.runs.io.json_record import JsonRecord, record_text
from nnlab.runs.io.layout import RunFiles
from nnlab.runs.records.run import RunRecord, RunStatus

if TYPE_CHECKING:
    from pathlib import Path

Work = TypeVar("Work", bound=JsonRecord)


def mark_orphaned(record: Work, path: Path) -> Work:
    """The record of a search or a comparison as a reader should take it.

    Args:
        record: The record; it has a `status`, an `error` and a `timing`.
        path: Its folder.

    Returns:
        This record; or, where it says `running` and its process is gone, one that says that.
    """
    known: Any = record
    run = sibling_run(path)
    if run is None or known.status != RunStatus.RUNNING or run.status is RunStatus.RUNNING:
        return record
    timing = {**known.timing, **run.timing}
    ended: Work = dataclasses.replace(known, status=run.status, error=run.error, timing=timing)
    return ended


def sibling_run(path: Path) -> RunRecord | None:
    """A search or a comparison as a run: that record knows the process.

    Args:
        path: The folder.

    Returns:
        The run's record as seen; None where there is none.
    """
    with contextlib.suppress(RunNotFoundError):
        source = RunFiles(path).record_json
        return RunRecord.from_json(record_text(source, ""), str(source)).resolved()
    return None
