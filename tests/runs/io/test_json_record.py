"""Parsing of JSON records."""

from __future__ import annotations

import dataclasses

import pytest

from nnlab.errors import DataError
from nnlab.runs.io.json_record import INTEGER, STRING, parse_record
from nnlab.runs.records import benchmark, comparison, run, search, trial


def test_unknown_keys_and_nulls_are_dropped() -> None:
    text = '{"id": "a", "new": 1, "seed": null}'
    assert parse_record(text, {"id": STRING, "seed": INTEGER}, ["id"], "a.json") == {"id": "a"}


def test_required_key_must_not_be_null() -> None:
    with pytest.raises(DataError, match=r"a\.json .*'id'"):
        parse_record('{"id": null}', {"id": STRING}, ["id"], "a.json")


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        (run.RunRecord, run._FIELDS),
        (trial.FrozenTrial, trial._FIELDS),
        (search.SearchRecord, search._FIELDS),
        (comparison.ComparisonRecord, comparison._FIELDS),
        (benchmark.BenchmarkRecord, benchmark._FIELDS),
    ],
)
def test_every_field_of_a_record_is_parsed(record: type, fields: dict[str, object]) -> None:
    assert set(fields) == {field.name for field in dataclasses.fields(record)}
