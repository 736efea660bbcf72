"""What is to be typed after a search: right for how it ended, and for what there is."""

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
    """What stands behind `nnlab tune --resume RUN`."""
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
def test_a_search_that_is_done_goes_on_for_as_long_again(
    fields: dict[str, Any], option: str
) -> None:
    assert options(search(trials(12), **fields)) == [option]


def test_more_than_the_trials_that_are_done_are_advised_whatever_was_asked_for() -> None:
    record = dataclasses.replace(search(trials(12)), max_trials=5)
    assert options(record) == ["--trials 24"]


def test_no_more_trials_are_advised_than_the_space_holds() -> None:
    shuffle = {"name": SHUFFLE, "kind": "choice", "default": 1, "values": tuple(range(15))}
    record = dataclasses.replace(search(trials(12)), space=(shuffle,))
    assert options(record) == ["--trials 15"]
    assert options(dataclasses.replace(record, space=(shuffle | {"values": (1, 2)},))) == []
    assert options(search(trials(12), stop_reason="space")) == []


def test_a_best_that_was_not_trained_once_more_can_be() -> None:
    record = dataclasses.replace(search(trials(12)), status=RunStatus.INTERRUPTED)
    assert options(record) == ["", "--trials 24"]
    assert "once more" in resume_commands(record, Path("RUN"))[0][1]


def test_a_search_at_work_is_left_alone() -> None:
    record = search(trials(12), stop_reason=None)
    assert options(dataclasses.replace(record, status=RunStatus.RUNNING)) == []
    assert options(dataclasses.replace(record, status=RunStatus.FAILED)) == [""]


def test_where_all_failed_one_of_them_is_to_be_looked_at() -> None:
    several = trials(2, failed=(1, 2))
    commands = next_commands(search(several), several, Path("a folder"))
    assert [command for command, _ in commands] == ["nnlab show 'a folder/trials/1'"]
    gave_up = search(several, stop_reason="failures")
    assert next_commands(gave_up, several, Path("RUN"))[1:] == [
        ("nnlab tune --resume RUN", "go on all the same")
    ]
