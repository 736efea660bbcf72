"""The best trial's values at the ends of their ranges."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.report.search.summary import edges
from nnlab.runs.records.search import SearchRecord


def record(value: Any, **one: Any) -> SearchRecord:
    space = ({"name": "training.rate", "kind": "float", "default": 1, **one},)
    return SearchRecord("a-tune", "a", space=space, best={"values": {"training.rate": value}})


@pytest.mark.parametrize(
    ("value", "told"),
    [(1e-5, "least"), (1.05e-5, "least"), (1e-3, ""), (9.9e-2, "greatest"), (5e-2, "")],
)
def test_ends_of_a_range_are_those_of_its_sampling(value: float, told: str) -> None:
    shown = edges(record(value, min_value=1e-5, max_value=1e-1, sampling="log"))
    assert shown.endswith(told)
    assert bool(shown) == bool(told)


def test_the_last_value_that_steps_reach_is_an_end() -> None:
    steps = {"kind": "int", "min_value": 4, "max_value": 31, "step": 8}
    assert edges(record(28, **steps)) == "training.rate=28 is the greatest"
    assert edges(record(4, **steps)) == "training.rate=4 is the least"
    assert not edges(record(12, **steps))


def test_repetitions_are_told_apart() -> None:
    name = "model.layers.1.Repeat[{}].layers.0.Dense.units".format
    units = {"kind": "int", "default": 8, "min_value": 8, "max_value": 64, "step": 8}
    space = tuple({"name": name(number), **units} for number in (1, 2))
    best = {"values": {name(1): 64, name(2): 8}}
    shown = edges(SearchRecord("a-tune", "a", space=space, best=best))
    assert shown == f"{name(1)}=64 is the greatest, {name(2)}=8 is the least"


def test_nothing_lies_beyond_zero_choices_and_two_values() -> None:
    assert not edges(record(0, kind="int", min_value=0, max_value=3, step=1))
    assert not edges(record("b", kind="choice", values=["a", "b", "c"]))
    assert not edges(record(2, kind="int", min_value=1, max_value=2, step=1))


def test_without_a_best_trial_there_is_nothing() -> None:
    assert not edges(SearchRecord("a-tune", "a"))
