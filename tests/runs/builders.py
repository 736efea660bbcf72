"""Run folders that contain only a record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nnlab.runs import RunRecord, atomic_write


def write_run(runs_dir: Path, run_id: str, **fields: Any) -> RunRecord:
    """Write the record of a run to a new folder."""
    record = RunRecord(id=run_id, name=run_id.split("-", maxsplit=1)[0], **fields)
    atomic_write(runs_dir / run_id / "record.json", record.to_json())
    return record


def id_suffixes(records: list[RunRecord]) -> list[str]:
    """Return the last three characters of the runs' ids."""
    return [record.id[-3:] for record in records]
