"""Means and intervals of curves over seeds."""

from __future__ import annotations

import pytest

from nnlab.analysis.bands import band, bands, curve_columns
from nnlab.analysis.comparability import MetricSpec
from nnlab.analysis.statistics import mean

HISTORIES = {
    "a": [
        {"epoch": [1.0, 2.0], "loss": [3.0, 2.0], "val_loss": [3.5, 2.5], "accuracy": [0.5, 0.6]}
    ],
    "b": [{"epoch": [1.0], "loss": [1.0]}],
}


def test_band_has_the_mean_and_interval_of_each_epoch() -> None:
    result = band([[1.0, 5.0], [2.0, 7.0], [3.0, 9.0]])
    second = mean([5.0, 7.0, 9.0])
    assert result.mean == (2.0, 7.0)
    assert (result.low[1], result.high[1]) == (second.low, second.high)


def test_band_ends_with_the_shortest_curve() -> None:
    assert len(band([[1.0] * 9, [1.0] * 4]).mean) == 4


def test_band_of_one_seed_has_no_width() -> None:
    result = band([[1.0, 2.0]])
    assert result.low == result.mean == result.high


def test_bands_are_clipped_to_the_bounds_of_the_column() -> None:
    histories = {"a": [{"val_loss": [0.1]}, {"val_loss": [2.0]}]}
    bounds = MetricSpec(nonnegative_losses=("loss",)).bounds("val_loss")
    assert bands(histories, "val_loss", bounds)["a"].low == (0.0,)
    assert bands(histories, "val_loss", MetricSpec().bounds("val_loss"))["a"].low[0] < 0


def test_variant_without_the_column_has_no_band() -> None:
    assert list(bands(HISTORIES, "val_loss")) == ["a"]
    assert list(bands(HISTORIES, "loss")) == ["a", "b"]


@pytest.mark.parametrize(
    ("metric", "columns"),
    [
        ("test_accuracy", ["accuracy", "val_loss"]),
        ("val_loss", ["val_loss"]),
        ("test_mae", ["val_loss"]),
    ],
)
def test_curve_columns_prefer_validation_rows(metric: str, columns: list[str]) -> None:
    assert curve_columns(metric, HISTORIES) == columns
