"""Why a metric cannot be compared between runs, and when runs use different rows."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.analysis.comparability import incomparable_reason, use_different_rows

L2 = {"Dense": {"units": 4, "kernel_regularizer": {"L2": {"l2": 0.01}}}}
DATA = {"dataset": "iris", "test_split": 0.2, "validation_split": 0.2}
BASE: dict[str, Any] = {
    "seed": 42,
    "data": DATA,
    "model": {"layers": [{"Dense": {"units": 4}}]},
    "training": {"loss": "mse", "epochs": 3},
}


def changed(**sections: Any) -> Any:
    return {**BASE, **sections}.get


@pytest.mark.parametrize(
    ("metric", "other", "reason"),
    [
        ("test_accuracy", {"data": DATA | {"dataset": "wine"}}, "different data"),
        ("test_accuracy", {"data": DATA | {"test_split": 0.3}}, "different data"),
        ("test_accuracy", {"data": DATA | {"dataset": {"iris": {"scaled": True}}}}, ""),
        ("test_accuracy", {"data": DATA | {"validation_split": 0.3}}, ""),
        ("val_accuracy", {"data": DATA | {"validation_split": 0.3}}, "different data"),
        ("val_accuracy", {"data": DATA | {"scaling": "standard"}, "seed": 7}, ""),
        ("val_loss", {"training": {"loss": "mae"}}, "different losses"),
        ("val_loss", {"training": {"loss": "mse", "loss_weights": [1, 2]}}, "different losses"),
        ("val_loss", {"training": {"loss": "mse", "epochs": 4}}, ""),
        ("val_loss", {"model": {"layers": [L2]}}, "different penalties"),
        ("digit_loss", {"model": {"layers": [L2]}}, ""),
        ("test_mae", {"model": {"layers": [L2]}, "training": {"loss": "mae"}}, ""),
        ("test_mae", {"data": None, "training": None, "model": None}, ""),
    ],
)
def test_metrics_are_comparable_on_equal_rows_and_equal_losses(
    metric: str, other: dict[str, Any], reason: str
) -> None:
    result = incomparable_reason(metric, [changed(), changed(**other)])
    assert reason in result
    assert bool(result) == bool(reason)


@pytest.mark.parametrize(
    ("data", "is_different"),
    [(DATA, True), ({**DATA, "seed": 1}, False), ({"dataset": "xor"}, False)],
)
def test_seed_changes_the_rows_only_if_it_splits_them(
    data: dict[str, Any], is_different: bool
) -> None:
    runs = [changed(data=data, seed=seed) for seed in (1, 2)]
    assert use_different_rows(runs) is is_different
    assert not use_different_rows(runs[:1])
