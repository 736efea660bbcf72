"""Parsing of JSON records."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from nnlab.errors import DataError
from nnlab.runs.io.json_record import JsonRecord, parse_record
from nnlab.runs.records.run import Process, RunStatus


@dataclass(frozen=True)
class Sample(JsonRecord):
    """A record with a field of each type."""

    id: str
    seed: int | None = None
    score: float | None = None
    metrics: dict[str, float] | None = None
    sizes: tuple[int | None, ...] = ()
    status: RunStatus = RunStatus.RUNNING
    process: Process | None = None


def parse(**values: Any) -> dict[str, Any]:
    return parse_record(Sample, json.dumps(values), ["id"], "a.json")


def test_unknown_keys_and_nulls_are_dropped() -> None:
    assert parse(id="a", new=1, seed=None) == {"id": "a"}


def test_required_key_must_not_be_null() -> None:
    with pytest.raises(DataError, match=r"a\.json .*'id'"):
        parse(id=None)


def test_fields_are_parsed_by_their_annotation() -> None:
    values = {"id": "a", "seed": 1, "score": "Infinity", "metrics": {"loss": 0.5}}
    others = {"sizes": [1, None], "status": "complete", "process": {"host": "h", "pid": 1}}
    assert parse(**values, **others) == values | others | {"sizes": (1, None)}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"id": 1}, "a string as 'id'. Received: id=1"),
        ({"seed": "1"}, "an integer as 'seed'. Received: seed='1'"),
        ({"score": []}, r"a number as 'score'. Received: score=\[\]"),
        ({"metrics": [1]}, r"an object as 'metrics'. Received: metrics=\[1\]"),
        ({"sizes": {}}, "an array as 'sizes'. Received: sizes={}"),
        ({"status": 1}, "a string as 'status'. Received: status=1"),
        ({"process": "p"}, "an object as 'process'. Received: process='p'"),
    ],
)
def test_wrong_type_is_an_error(values: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse(**{"id": "a", **values})
