"""A comparison whose process was killed reads as failed, like a run."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from nnlab.runs import RunRecord, RunStatus
from nnlab.runs.io.process import Process
from nnlab.runs.records.comparison import ComparisonFiles, ComparisonRecord, read_comparison_record

ONE = {"name": "one", "changes": {}}
RECORD = ComparisonRecord("a", "a", "running", "loss", "one", (1,), (ONE,))
DEAD = dataclasses.replace(Process.current(), started=1, pid=2**22 + 1)


def test_it_is_no_running_one_and_its_file_stays(tmp_path: Path) -> None:
    files = ComparisonFiles(tmp_path)
    RECORD.write(files.comparison_json)
    RunRecord("a", "a", process=DEAD).write(files.record_json)
    seen = read_comparison_record(tmp_path)
    assert seen.status == RunStatus.FAILED
    assert "process died" in (seen.error or "")
    assert '"status": "running"' in files.comparison_json.read_text()


def test_one_at_work_and_one_that_ended_read_as_they_say(tmp_path: Path) -> None:
    files = ComparisonFiles(tmp_path / RECORD.id)
    RECORD.write(files.comparison_json)
    assert read_comparison_record(files.path) == RECORD
    RunRecord("a", "a", process=Process.current()).write(files.record_json)
    assert read_comparison_record(files.path) == RECORD
    done = dataclasses.replace(RECORD, status="complete")
    done.write(files.comparison_json)
    RunRecord("a", "a", process=DEAD).write(files.record_json)
    assert read_comparison_record(files.path) == done
