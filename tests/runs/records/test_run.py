"""The record survives its JSON, and a broken one says what is wrong."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.errors import DataError
from nnlab.runs.io.process import Process
from nnlab.runs.records.run import RunRecord, RunStatus

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


def changed(**values: Any) -> str:
    """The record's JSON with some values replaced."""
    return json.dumps({**RECORD.to_dict(), **values})


def test_a_record_comes_back_from_its_json() -> None:
    assert RunRecord.from_json(RECORD.to_json()) == RECORD


def test_json_carries_every_field() -> None:
    assert set(RECORD.to_dict()) == {field.name for field in dataclasses.fields(RunRecord)}


def test_unknown_keys_are_left_out() -> None:
    assert RunRecord.from_json(changed(flavour="vanilla")) == RECORD


def test_missing_keys_take_their_defaults() -> None:
    record = RunRecord.from_json('{"id": "a", "name": "a", "status": "failed"}')
    assert (record.metrics, record.best_epoch, record.epochs_run) == ({}, None, 0)


def test_numbers_that_are_not_finite_are_strict_json_and_come_back() -> None:
    metrics = {"loss": math.nan, "up": math.inf, "down": -math.inf}
    text = dataclasses.replace(RECORD, metrics=metrics).to_json()
    strict = json.loads(text, parse_constant=pytest.fail)
    assert strict["metrics"] == {"loss": None, "up": "Infinity", "down": "-Infinity"}
    back = RunRecord.from_json(text).metrics
    assert math.isnan(back["loss"])
    assert (back["up"], back["down"]) == (math.inf, -math.inf)


def test_numbers_of_numpy_and_paths_become_plain_json() -> None:
    metrics: dict[str, Any] = {"loss": np.float32(0.5), "count": np.int64(3)}
    environment = {"folder": Path("here"), "command": ("nnlab", "train")}
    record = dataclasses.replace(RECORD, metrics=metrics, environment=environment)
    values = json.loads(record.to_json())
    assert values["metrics"] == {"loss": 0.5, "count": 3}
    assert values["environment"] == {"folder": "here", "command": ["nnlab", "train"]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "JSON. Received: Expecting property name"),
        ("", "JSON. Received: Expecting value"),
        ("[]", "a JSON object. Received: list"),
        ('{"id": "a", "name": "a"}', "a text as 'status'. Received: status=None"),
        (changed(id=None), "a text as 'id'. Received: id=None"),
        (changed(status="done"), "status of running, complete, failed, interrupted"),
        (changed(epochs_run="many"), "a whole number as 'epochs_run'. Received: epochs_run='many'"),
        (changed(metrics=[1]), "an object as 'metrics'"),
        (changed(metrics={"loss": "low"}), "could not convert string to float: 'low'"),
        (changed(process={"pid": 1}), "missing 1 required positional argument: 'host'"),
    ],
)
def test_a_broken_record_names_its_file_and_its_fault(text: str, words: str) -> None:
    with pytest.raises(DataError) as caught:
        RunRecord.from_json(text, "runs/a/record.json")
    assert words in str(caught.value)
    assert "runs/a/record.json" in str(caught.value)
    assert "restore it, or delete the run's folder" in str(caught.value)


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        RECORD.status = RunStatus.FAILED  # type: ignore[misc]


def test_a_run_of_a_live_process_is_running() -> None:
    record = dataclasses.replace(RECORD, status=RunStatus.RUNNING, process=Process.current())
    assert record.resolved() is record


def test_a_run_that_ended_keeps_its_status_when_its_process_is_gone() -> None:
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
def test_direction_is_known_for_every_part_of_the_data(metric: str, direction: str | None) -> None:
    assert RECORD.direction(metric) == direction
