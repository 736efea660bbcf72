"""A section in the place of a dotted key: what it leaves out is told once."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.config.comparison.changes import nested_change
from nnlab.config.yaml.document import Document
from nnlab.errors import Diagnostic

BASE = Document({"training": {"loss": "mse", "epochs": 9, "optimizer": "adam"}, "seed": 1})
MISSING = [
    Diagnostic("Key `loss` is missing.", "training.loss"),
    Diagnostic("Wrong.", "training.epochs"),
]


def test_what_a_change_leaves_out_is_one_fault_before_the_others() -> None:
    change = nested_change(BASE, "training", {"epochs": 0}, ("variants", "a", "training"), None)
    assert change is not None
    own, other = change.instead_of(MISSING)
    assert own.path == "variants.a.training"
    assert "replaces the whole of `training`" in own.message
    assert own.hint == "Write `training.epochs: 0`."
    assert other == MISSING[1]


def test_faults_that_have_other_reasons_stay_as_they_are() -> None:
    change = nested_change(BASE, "training", {"epochs": 0}, (), None)
    assert change is not None
    assert change.instead_of(MISSING[1:]) == MISSING[1:]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("training.epochs", 3),
        ("seed", 2),
        ("training", {"loss": "mae", "epochs": 3, "optimizer": "sgd"}),
        ("model", {"layers": []}),
    ],
)
def test_a_change_that_leaves_nothing_out_is_none(key: str, value: Any) -> None:
    assert nested_change(BASE, key, value, (), None) is None
