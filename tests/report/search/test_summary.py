"""The conditions of scores, and the best values at a search bound."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.report.search.summary import values_at_bounds
from nnlab.runs.records.search import SearchRecord


def record(value: Any, **fields: Any) -> SearchRecord:
    space = ({"name": "training.rate", "kind": "float", "default": 1, **fields},)
    return SearchRecord("a-tune", "a", space=space, best={"values": {"training.rate": value}})


@pytest.mark.parametrize(
    ("value", "bound"),
    [(1e-5, "lower"), (1.05e-5, "lower"), (1e-3, ""), (9.9e-2, "upper"), (5e-2, "")],
)
def test_distance_to_a_bound_follows_the_sampling(value: float, bound: str) -> None:
    text = values_at_bounds(record(value, min_value=1e-5, max_value=1e-1, sampling="log"))
    assert (f"({bound} bound)" in text) if bound else not text


def test_last_step_is_a_bound() -> None:
    steps = {"kind": "int", "min_value": 4, "max_value": 31, "step": 8}
    assert values_at_bounds(record(28, **steps)) == "training.rate=28 (upper bound)"
    assert values_at_bounds(record(4, **steps)) == "training.rate=4 (lower bound)"
    assert not values_at_bounds(record(12, **steps))


def test_repetitions_are_listed_separately() -> None:
    name = "model.layers.1.Repeat[{}].layers.0.Dense.units".format
    units = {"kind": "int", "default": 8, "min_value": 8, "max_value": 64, "step": 8}
    space = tuple({"name": name(number), **units} for number in (1, 2))
    best = {"values": {name(1): 64, name(2): 8}}
    text = values_at_bounds(SearchRecord("a-tune", "a", space=space, best=best))
    assert text == f"{name(1)}=64 (upper bound), {name(2)}=8 (lower bound)"


def test_zero_choices_and_two_values_have_no_bounds() -> None:
    assert not values_at_bounds(record(0, kind="int", min_value=0, max_value=3, step=1))
    assert not values_at_bounds(record("b", kind="choice", values=["a", "b", "c"]))
    assert not values_at_bounds(record(2, kind="int", min_value=1, max_value=2, step=1))


def test_without_a_best_trial_no_value_is_at_a_bound() -> None:
    assert not values_at_bounds(SearchRecord("a-tune", "a"))
