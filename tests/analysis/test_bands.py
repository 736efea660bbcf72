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


def test_each_epoch_has_the_mean_and_interval_of_its_values() -> None:
    found = band([[1.0, 5.0], [2.0, 7.0], [3.0, 9.0]])
    second = mean([5.0, 7.0, 9.0])
    assert found.mean == (2.0, 7.0)
    assert (found.low[1], found.high[1]) == (second.low, second.high)


def test_the_shortest_curve_ends_the_band() -> None:
    assert len(band([[1.0] * 9, [1.0] * 4]).mean) == 4


def test_one_seed_has_a_curve_without_width() -> None:
    found = band([[1.0, 2.0]])
    assert found.low == found.mean == found.high


def test_a_band_stays_within_what_its_own_figure_can_be() -> None:
    several = [{"val_loss": [0.1]}, {"val_loss": [2.0]}]
    within = MetricSpec(never_negative=("loss",)).within("val_loss")
    assert bands({"a": several}, "val_loss", within)["a"].low == (0.0,)
    assert bands({"a": several}, "val_loss", MetricSpec().within("val_loss"))["a"].low[0] < 0


def test_a_variant_without_the_column_has_no_band() -> None:
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
def test_validation_stands_in_for_the_test_and_training_for_validation(
    metric: str, columns: list[str]
) -> None:
    assert curve_columns(metric, HISTORIES) == columns
