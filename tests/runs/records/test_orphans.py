"""Comparisons whose process was killed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from nnlab.runs import RunRecord, RunStatus
from nnlab.runs.io.process import Process
from nnlab.runs.records.comparison import ComparisonFiles, ComparisonRecord, read_comparison_record

VARIANT = {"name": "one", "changes": {}}
RECORD = ComparisonRecord("a", "a", "running", "loss", "one", (1,), (VARIANT,))
DEAD = dataclasses.replace(Process.current(), started=1, pid=2**22 + 1)


def test_orphaned_comparison_reads_as_failed_without_changing_it(tmp_path: Path) -> None:
    files = ComparisonFiles(tmp_path)
    RECORD.write(files.comparison_json)
    RunRecord("a", "a", process=DEAD).write(files.record_json)
    record = read_comparison_record(tmp_path)
    assert record.status == RunStatus.FAILED
    assert "process died" in (record.error or "")
    assert '"status": "running"' in files.comparison_json.read_text()


def test_running_and_finished_comparisons_are_unchanged(tmp_path: Path) -> None:
    files = ComparisonFiles(tmp_path / RECORD.id)
    RECORD.write(files.comparison_json)
    assert read_comparison_record(files.path) == RECORD
    RunRecord("a", "a", process=Process.current()).write(files.record_json)
    assert read_comparison_record(files.path) == RECORD
    complete = dataclasses.replace(RECORD, status="complete")
    complete.write(files.comparison_json)
    RunRecord("a", "a", process=DEAD).write(files.record_json)
    assert read_comparison_record(files.path) == complete
