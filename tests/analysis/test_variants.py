"""Records of runs in, a row a variant out."""

from __future__ import annotations

import json
import math

import pytest

from nnlab.analysis.variants import VariantRuns, VariantTable, variant_table
from nnlab.runs import RunRecord, RunStatus

SEEDS = (1, 2, 3)


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


def test_the_direction_of_the_metric_says_what_is_better() -> None:
    losses = ([0.5, 0.6, 0.7], [0.3, 0.41, 0.5])
    by_loss, by_accuracy = table(*losses), table(*losses, metric="val_accuracy")
    assert (by_loss.direction, by_accuracy.direction) == ("min", "max")
    for found in (by_loss, by_accuracy):
        assert found.best is not None
        assert found.best.name == "b"
        assert found.gain(found.row("b")) == pytest.approx(0.197, abs=1e-3)
    assert by_loss.gain(by_loss.row("a")) is None


def test_all_tests_of_a_comparison_are_corrected_together() -> None:
    losses = ([0.50, 0.60, 0.70], [0.38, 0.49, 0.57], [0.45, 0.56, 0.64])
    (alone,) = [row.test for row in table(*losses[:2]).rows if row.test]
    together = table(*losses).row("b").test
    assert together is not None
    assert together.p == alone.p
    assert alone.adjusted == alone.p
    assert together.adjusted is not None
    assert alone.p is not None
    assert together.adjusted > alone.p


def test_a_run_that_failed_is_counted_and_left_out_of_the_mean() -> None:
    records = {
        1: run(0.5),
        2: run(math.nan, RunStatus.FAILED, error="diverged at epoch 1"),
        3: run(math.nan),
    }
    found = variant_table("val_loss", "a", SEEDS, [VariantRuns("a", {}, records)])
    (row,) = found.rows
    assert row.values == {1: 0.5}
    assert row.failures == {2: "diverged at epoch 1", 3: "It has no finite val_loss."}
    assert row.ended == 3
    assert row.mean is not None
    assert row.mean.value == 0.5


def test_a_run_that_was_stopped_or_not_begun_counts_as_none() -> None:
    killed = run(0.1, RunStatus.FAILED, finished=None)
    records = {1: run(0.5), 2: run(0.1, RunStatus.INTERRUPTED), 3: killed}
    (row,) = variant_table("val_loss", "a", SEEDS, [VariantRuns("a", {}, records)]).rows
    assert row.ended == 1
    assert row.failures == {}


def test_no_complete_run_leaves_nothing_to_test() -> None:
    failed = {seed: run(math.nan, RunStatus.FAILED) for seed in SEEDS}
    variants = [VariantRuns("a", {}, failed), VariantRuns("b", {}, {1: run(0.5), 2: run(0.4)})]
    found = variant_table("val_loss", "a", SEEDS, variants)
    assert found.row("a").mean is None
    assert found.row("b").test is None
    assert found.best is None


def test_a_row_is_strict_json() -> None:
    found = table([0.5, 0.6, 0.7], [0.3, 0.41, 0.5])
    written = json.loads(json.dumps([row.to_dict() for row in found.rows], allow_nan=False))
    assert written[1]["seeds"] == 3
    assert written[1]["difference_interval"][0] < written[1]["difference"] < 0
    assert written[1]["fit_s"] == 2.0
    assert written[1]["params"] == 99
