"""Which values a figure can have."""

from __future__ import annotations

import math

import pytest

from nnlab.analysis.metric_bounds import ANY, Bounds, metric_range


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
def test_a_name_tells_the_bounds(metric: str, low: float, high: float) -> None:
    assert metric_range(metric) == Bounds(low, high)


def test_differences_have_a_range_of_their_own() -> None:
    assert metric_range("accuracy").of_differences == Bounds(-1, 1)
    assert metric_range("mae").of_differences == ANY


def test_bounds_in_words() -> None:
    assert [Bounds(0, 1).words, Bounds(low=0).words, ANY.words] == ["0 and 1", "0", ""]
