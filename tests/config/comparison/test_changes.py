"""Tests of the variants of a comparison file and of their changes."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.config.comparison.changes import find_nested_change, format_variants, plan_variants
from nnlab.config.yaml.document import Document
from nnlab.errors import Diagnostic

BASE = Document({"training": {"loss": "mse", "epochs": 9, "optimizer": "adam"}, "seed": 1})
MISSING = [
    Diagnostic("Key `loss` is missing.", "training.loss"),
    Diagnostic("Wrong.", "training.epochs"),
]


def test_dropped_keys_are_one_error_before_the_others() -> None:
    change = find_nested_change(
        BASE, "training", {"epochs": 0}, ("variants", "a", "training"), None
    )
    assert change is not None
    summary, other = change.merge_errors(MISSING)
    assert summary.path == "variants.a.training"
    assert "`training`" in summary.message
    assert summary.hint == "Write `training.epochs: 0`."
    assert other == MISSING[1]


def test_errors_with_other_reasons_are_kept() -> None:
    change = find_nested_change(BASE, "training", {"epochs": 0}, (), None)
    assert change is not None
    assert change.merge_errors(MISSING[1:]) == MISSING[1:]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("training.epochs", 3),
        ("seed", 2),
        ("training", {"loss": "mae", "epochs": 3, "optimizer": "sgd"}),
        ("model", {"layers": []}),
    ],
)
def test_a_change_that_drops_no_keys_is_not_nested(key: str, value: Any) -> None:
    assert find_nested_change(BASE, key, value, (), None) is None


def test_each_variant_is_planned_once_per_combination_of_the_grid() -> None:
    tree = {"variants": {"a": {}, "b": None}, "grid": {"training.epochs": [1, 2]}}
    names = [plan.name for plan in plan_variants(tree)]
    assert names == ["a,epochs=1", "a,epochs=2", "b,epochs=1", "b,epochs=2"]


def test_variants_are_listed_up_to_three() -> None:
    plans = list(plan_variants({"grid": {"training.epochs": [1, 2, 3, 4, 5]}}))
    assert format_variants(plans[:1], plans) == "variant `epochs=1`"
    expected = "variants `epochs=1`, `epochs=2`, `epochs=3` and 1 more"
    assert format_variants(plans[:4], plans) == expected


def test_a_variant_with_all_its_combinations_is_listed_by_its_own_name() -> None:
    tree = {"variants": {"a": {}, "b": {}}, "grid": {"training.epochs": [1, 2]}}
    plans = list(plan_variants(tree))
    assert format_variants(plans[:2], plans) == "variant `a`"
