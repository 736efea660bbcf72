"""The results of variants, computed from the records of their runs; curves over seeds."""

from __future__ import annotations

import json
import math

import pytest

from nnlab.analysis.comparability import MetricSpec
from nnlab.analysis.statistics import mean
from nnlab.analysis.variants import (
    VariantRuns,
    VariantTable,
    band,
    bands,
    curve_columns,
    variant_table,
)
from nnlab.runs import RunRecord, RunStatus

SEEDS = (1, 2, 3)
HISTORIES = {
    "a": [
        {"epoch": [1.0, 2.0], "loss": [3.0, 2.0], "val_loss": [3.5, 2.5], "accuracy": [0.5, 0.6]}
    ],
    "b": [{"epoch": [1.0], "loss": [1.0]}],
}


def run(value: float, status: RunStatus = RunStatus.COMPLETE, **fields: object) -> RunRecord:
    base: dict[str, object] = {
        "metrics": {"val_loss": value, "val_accuracy": 1 - value},
        "directions": {"loss": "min", "accuracy": "max"},
        "timing": {"fit_s": 2.0, "total_s": 3.0},
        "epochs_run": 10,
        "best_epoch": 8,
        "params": 99,
        "finished": "2026-11-21T03:15:00.000000Z",
    }
    return RunRecord("1", "a", status, **base | fields)  # type: ignore[arg-type]


def table(*losses: list[float], metric: str = "val_loss") -> VariantTable:
    variants = [
        VariantRuns(name, {}, dict(zip(SEEDS, map(run, values), strict=False)))
        for name, values in zip("abc", losses, strict=False)
    ]
    return variant_table(metric, "a", SEEDS, variants)


def test_direction_of_the_metric_decides_what_is_better() -> None:
    losses = ([0.5, 0.6, 0.7], [0.3, 0.41, 0.5])
    by_loss, by_accuracy = table(*losses), table(*losses, metric="val_accuracy")
    assert (by_loss.direction, by_accuracy.direction) == ("min", "max")
    for results in (by_loss, by_accuracy):
        assert results.best is not None
        assert results.best.name == "b"
        assert results.improvement(results.row("b")) == pytest.approx(0.197, abs=1e-3)
    assert by_loss.improvement(by_loss.row("a")) is None


def test_clear_difference_over_three_seeds_is_significant() -> None:
    test = table([2.31, 2.30, 2.32], [0.25, 0.23, 0.26]).row("b").test
    assert test is not None
    assert test.is_significant


def test_all_tests_of_a_comparison_are_corrected_together() -> None:
    losses = ([0.50, 0.60, 0.70], [0.38, 0.49, 0.57], [0.45, 0.56, 0.64])
    (alone,) = [row.test for row in table(*losses[:2]).rows if row.test]
    together = table(*losses).row("b").test
    assert together is not None
    assert together.p_value == alone.p_value
    assert alone.adjusted_p == alone.p_value
    assert together.adjusted_p is not None
    assert alone.p_value is not None
    assert together.adjusted_p > alone.p_value


def test_failed_runs_are_counted_and_excluded_from_the_mean() -> None:
    records = {
        1: run(0.5),
        2: run(math.nan, RunStatus.FAILED, error="diverged at epoch 1"),
        3: run(math.nan),
    }
    results = variant_table("val_loss", "a", SEEDS, [VariantRuns("a", {}, records)])
    (row,) = results.rows
    assert row.values == {1: 0.5}
    assert row.failures == {2: "diverged at epoch 1", 3: "It has no finite val_loss."}
    assert row.finished_runs == 3
    assert row.mean is not None
    assert row.mean.value == 0.5


def test_interrupted_and_killed_runs_are_not_finished() -> None:
    killed = run(0.1, RunStatus.FAILED, finished=None)
    records = {1: run(0.5), 2: run(0.1, RunStatus.INTERRUPTED), 3: killed}
    (row,) = variant_table("val_loss", "a", SEEDS, [VariantRuns("a", {}, records)]).rows
    assert row.finished_runs == 1
    assert row.failures == {}


def test_variant_without_complete_runs_is_not_tested() -> None:
    failed = {seed: run(math.nan, RunStatus.FAILED) for seed in SEEDS}
    variants = [VariantRuns("a", {}, failed), VariantRuns("b", {}, {1: run(0.5), 2: run(0.4)})]
    results = variant_table("val_loss", "a", SEEDS, variants)
    assert results.row("a").mean is None
    assert results.row("b").test is None
    assert results.best is None


def test_rows_are_strict_json() -> None:
    results = table([0.5, 0.6, 0.7], [0.3, 0.41, 0.5])
    written = json.loads(json.dumps([row.to_dict() for row in results.rows], allow_nan=False))
    assert written[1]["seeds"] == 3
    assert written[1]["difference_interval"][0] < written[1]["difference"] < 0
    assert written[1]["fit_s"] == 2.0
    assert written[1]["params"] == 99


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
