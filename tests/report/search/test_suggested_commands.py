"""Suggested commands after a search, by its stop reason and its files."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from nnlab.report.search.suggested_commands import next_commands, resume_commands
from nnlab.runs.records.run import RunStatus
from nnlab.runs.records.search import SearchRecord
from tests.report.searches import SHUFFLE, search, trials


def options(record: SearchRecord) -> list[str]:
    """Return the options of the commands that resume a search."""
    start = "nnlab tune --resume RUN"
    return [
        command.removeprefix(start).strip() for command, _ in resume_commands(record, Path("RUN"))
    ]


@pytest.mark.parametrize(
    ("fields", "option"),
    [
        ({"stop_reason": "max_trials"}, "--trials 24"),
        ({"stop_reason": "max_time", "max_time": 450.0}, "--max-time 15m"),
        ({"stop_reason": "max_time", "max_time": 7.5}, "--max-time 15s"),
        ({"stop_reason": "max_time", "max_time": 0.01}, "--max-time 10s"),
    ],
)
def test_extension_doubles_the_limit(fields: dict[str, Any], option: str) -> None:
    assert options(search(trials(12), **fields)) == [option]


def test_extension_exceeds_the_finished_trials() -> None:
    record = dataclasses.replace(search(trials(12)), max_trials=5)
    assert options(record) == ["--trials 24"]


def test_extension_is_limited_by_the_size_of_the_space() -> None:
    shuffle = {"name": SHUFFLE, "kind": "choice", "default": 1, "values": tuple(range(15))}
    record = dataclasses.replace(search(trials(12)), space=(shuffle,))
    assert options(record) == ["--trials 15"]
    assert options(dataclasses.replace(record, space=(shuffle | {"values": (1, 2)},))) == []
    assert options(search(trials(12), stop_reason="space")) == []


def test_missing_retraining_can_be_resumed() -> None:
    record = dataclasses.replace(search(trials(12)), status=RunStatus.INTERRUPTED)
    assert options(record) == ["", "--trials 24"]
    assert "retrain" in resume_commands(record, Path("RUN"))[0][1]


def test_running_search_has_no_resume_command() -> None:
    record = search(trials(12), stop_reason=None)
    assert options(dataclasses.replace(record, status=RunStatus.RUNNING)) == []
    assert options(dataclasses.replace(record, status=RunStatus.FAILED)) == [""]


def test_failed_trial_is_suggested_without_a_best() -> None:
    failed = trials(2, failed=(1, 2))
    commands = next_commands(search(failed), failed, Path("a folder"))
    assert [command for command, _ in commands] == ["nnlab show 'a folder/trials/1'"]
    gave_up = search(failed, stop_reason="failures")
    assert [command for command, _ in next_commands(gave_up, failed, Path("RUN"))[1:]] == [
        "nnlab tune --resume RUN"
    ]
