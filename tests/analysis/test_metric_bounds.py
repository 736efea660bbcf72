"""The range of possible values of a metric."""

from __future__ import annotations

import math

import pytest

from nnlab.analysis.metric_bounds import UNBOUNDED, Bounds, is_fraction, metric_bounds


@pytest.mark.parametrize(
    ("metric", "low", "high"),
    [
        ("val_accuracy", 0, 1),
        ("digit_precision_at_recall", 0, 1),
        ("mean_io_u", 0, 1),
        ("test_mae", 0, math.inf),
        ("root_mean_squared_error", 0, math.inf),
        ("val_cosine_similarity", -1, 1),
        ("r2_score", -math.inf, 1),
        ("loss", -math.inf, math.inf),
        ("learning_rate", -math.inf, math.inf),
    ],
)
def test_bounds_follow_from_the_name(metric: str, low: float, high: float) -> None:
    assert metric_bounds(metric) == Bounds(low, high)


def test_bounds_of_differences() -> None:
    assert metric_bounds("accuracy").for_differences == Bounds(-1, 1)
    assert metric_bounds("mae").for_differences == UNBOUNDED


def test_fractions_are_recognized_by_name() -> None:
    assert is_fraction("test_accuracy")
    assert not is_fraction("val_loss")
