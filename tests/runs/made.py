"""Runs put on the disk by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nnlab.runs import RunRecord, atomic_write


def keep(runs_dir: Path, run_id: str, **fields: Any) -> RunRecord:
    """Puts a run on the disk."""
    record = RunRecord(id=run_id, name=run_id.split("-", maxsplit=1)[0], **fields)
    atomic_write(runs_dir / run_id / "record.json", record.to_json())
    return record


def names(records: list[RunRecord]) -> list[str]:
    """The hashes of the runs, in their order."""
    return [record.id[-3:] for record in records]
