"""The record of a run and its JSON."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.errors import DataError
from nnlab.runs.records.comparison import ComparisonFiles, ComparisonRecord, read_comparison_record
from nnlab.runs.records.run import (
    ChunkReason,
    JitEstimate,
    LoopChoice,
    LoopReason,
    Process,
    RunRecord,
    RunStatus,
    common_direction,
)

RECORD = RunRecord(
    id="mnist-20261121T031500Z-1f2e3d4",
    name="mnist",
    status=RunStatus.COMPLETE,
    created="2026-11-21T03:15:00.000001Z",
    finished="2026-11-21T03:16:00.000000Z",
    config_hash="1f2e3d4",
    seed=42,
    device="cpu",
    engine="keras",
    params=269_322,
    epochs_run=20,
    best_epoch=17,
    metrics={"loss": 0.0076, "test_accuracy": 0.983},
    directions={"accuracy": "max"},
    timing={"total_s": 60.0},
    environment={"python": "3.11.7", "git": {"revision": "abc", "dirty": False}},
    process=Process("host", 12, 345),
)


def json_with(**values: Any) -> str:
    """Return the record's JSON with some values replaced."""
    return json.dumps({**RECORD.to_dict(), **values})


def test_record_is_parsed_as_written() -> None:
    assert RunRecord.from_json(RECORD.to_json()) == RECORD


def test_json_contains_every_field() -> None:
    assert set(RECORD.to_dict()) == {field.name for field in dataclasses.fields(RunRecord)}


def test_unknown_keys_are_ignored() -> None:
    assert RunRecord.from_json(json_with(flavour="vanilla")) == RECORD


def test_missing_keys_have_defaults() -> None:
    record = RunRecord.from_json('{"id": "a", "name": "a", "status": "failed"}')
    assert (record.metrics, record.best_epoch, record.epochs_run) == ({}, None, 0)


def test_nan_and_infinity_are_strict_json() -> None:
    metrics = {"loss": math.nan, "up": math.inf, "down": -math.inf}
    text = dataclasses.replace(RECORD, metrics=metrics).to_json()
    document = json.loads(text, parse_constant=pytest.fail)
    assert document["metrics"] == {"loss": None, "up": "Infinity", "down": "-Infinity"}
    parsed = RunRecord.from_json(text).metrics
    assert math.isnan(parsed["loss"])
    assert (parsed["up"], parsed["down"]) == (math.inf, -math.inf)


def test_numpy_numbers_and_paths_are_plain_json() -> None:
    metrics: dict[str, Any] = {"loss": np.float32(0.5), "count": np.int64(3)}
    environment = {"folder": Path("here"), "command": ("nnlab", "train")}
    record = dataclasses.replace(RECORD, metrics=metrics, environment=environment)
    values = json.loads(record.to_json())
    assert values["metrics"] == {"loss": 0.5, "count": 3}
    assert values["environment"] == {"folder": "here", "command": ["nnlab", "train"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "JSON. Received: Expecting property name"),
        ("", "JSON. Received: Expecting value"),
        ("[]", "a JSON object. Received: list"),
        ('{"id": "a", "name": "a"}', "a string as 'status'. Received: status=None"),
        (json_with(id=None), "a string as 'id'. Received: id=None"),
        (json_with(status="done"), "status of running, complete, failed, interrupted"),
        (json_with(epochs_run="many"), "an integer as 'epochs_run'. Received: epochs_run='many'"),
        (json_with(metrics=[1]), "an object as 'metrics'"),
        (json_with(metrics={"loss": "low"}), "could not convert string to float: 'low'"),
        (json_with(process={"pid": 1}), "missing 1 required positional argument: 'host'"),
    ],
)
def test_broken_record_names_the_file_and_the_error(text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        RunRecord.from_json(text, "runs/a/record.json")
    assert message in str(caught.value)
    assert "runs/a/record.json" in str(caught.value)


def test_record_is_immutable() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        RECORD.status = RunStatus.FAILED  # type: ignore[misc]


def test_run_of_a_live_process_is_running() -> None:
    record = dataclasses.replace(RECORD, status=RunStatus.RUNNING, process=Process.current())
    assert record.resolved() is record


def test_finished_run_keeps_its_status_after_its_process_ended() -> None:
    gone = dataclasses.replace(Process.current(), started=1)
    record = dataclasses.replace(RECORD, process=gone)
    assert record.resolved() is record


@pytest.mark.parametrize(
    ("metric", "direction"),
    [
        ("accuracy", "max"),
        ("val_accuracy", "max"),
        ("test_accuracy", "max"),
        ("loss", "min"),
        ("val_loss", "min"),
        ("test_digit_loss", "min"),
        ("flavour", None),
    ],
)
def test_direction_applies_to_all_splits(metric: str, direction: str | None) -> None:
    assert RECORD.direction(metric) == direction


def test_common_direction_needs_agreement() -> None:
    maximized = RunRecord("a", "a", metrics={"auc": 0.9}, directions={"auc": "max"})
    unknown = RunRecord("b", "b", metrics={"auc": 0.8})
    minimized = RunRecord("c", "c", metrics={"auc": 0.8}, directions={"auc": "min"})
    assert common_direction([maximized, unknown], "auc") == "max"
    assert common_direction([maximized, minimized], "auc") is None
    assert common_direction([unknown], "auc") is None


pytestmark = pytest.mark.skipif(os.name != "posix", reason="not supported on Windows")


def test_current_process_is_not_gone() -> None:
    assert not Process.current().is_gone()
    assert not dataclasses.replace(Process.current(), started=None).is_gone()


@pytest.mark.parametrize("has_start", [True, False])
def test_ended_process_is_gone(has_start: bool) -> None:
    script = "import dataclasses as d; from nnlab.runs.records.run import Process;"
    script += "print(d.astuple(Process.current()))"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    host, pid, started = eval(ended.stdout)  # noqa: S307 - a tuple that the script printed
    assert Process(host, pid, started if has_start else None).is_gone()


def test_later_process_with_the_same_id_is_another() -> None:
    current = Process.current()
    if current.started is None:
        pytest.skip("requires /proc")
    assert dataclasses.replace(current, started=current.started - 1).is_gone()


def test_process_of_another_machine_is_not_gone() -> None:
    assert not dataclasses.replace(Process.current(), host="elsewhere", started=1).is_gone()


def test_zombie_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        started = Process.current().started
        if started is None:
            pytest.skip("requires /proc")
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert dataclasses.replace(Process.current(), pid=child.pid).is_gone()


def test_choice_is_plain_data_in_json() -> None:
    choice = LoopChoice(
        loop_reason=LoopReason.NO_BATCH_CALLBACKS,
        jit_compile=True,
        jit_requested=False,
        jit_estimate=JitEstimate(compile_s=0.5, saved_s=2.0),
        chunk_reason=ChunkReason.DEVICE_MEMORY,
        chunk_rows=1024,
    )
    values = choice.to_dict()
    assert json.loads(json.dumps(values)) == values
    assert values == {
        "loop_reason": "no_per_batch_callbacks",
        "jit_compile": True,
        "jit_requested": False,
        "jit_estimate": {"compile_s": 0.5, "saved_s": 2.0},
        "jit_failed": False,
        "chunk_reason": "device_memory",
        "chunk_rows": 1024,
    }


VARIANT = {"name": "one", "changes": {}}
COMPARISON = ComparisonRecord("a", "a", "running", "loss", "one", (1,), (VARIANT,))
DEAD = dataclasses.replace(Process.current(), started=1, pid=2**22 + 1)


def test_orphaned_comparison_reads_as_failed_without_changing_it(tmp_path: Path) -> None:
    files = ComparisonFiles(tmp_path)
    COMPARISON.write(files.comparison_json)
    RunRecord("a", "a", process=DEAD).write(files.record_json)
    record = read_comparison_record(tmp_path)
    assert record.status == RunStatus.FAILED
    assert "process died" in (record.error or "")
    assert '"status": "running"' in files.comparison_json.read_text()


def test_running_and_finished_comparisons_are_unchanged(tmp_path: Path) -> None:
    files = ComparisonFiles(tmp_path / COMPARISON.id)
    COMPARISON.write(files.comparison_json)
    assert read_comparison_record(files.path) == COMPARISON
    RunRecord("a", "a", process=Process.current()).write(files.record_json)
    assert read_comparison_record(files.path) == COMPARISON
    complete = dataclasses.replace(COMPARISON, status="complete")
    complete.write(files.comparison_json)
    RunRecord("a", "a", process=DEAD).write(files.record_json)
    assert read_comparison_record(files.path) == complete
