"""The tables of a comparison."""

from __future__ import annotations

import math

from nnlab.report.comparison.tables import variants_table, verdicts_table
from tests.report.comparison.test_verdict import STRONG, WEAK, table


def test_each_variant_has_a_row_and_the_best_mean_is_marked() -> None:
    lines = variants_table(table(random_normal=WEAK, glorot=STRONG)).lines()
    assert lines[0] == "test_accuracy, higher is better; differences in percentage points"
    assert lines[1].split()[:2] == ["variant", "test_accuracy"]
    assert lines[2].split()[:6] == ["random_normal", "0.8508", "0.8484", "to", "0.8532", "5"]
    assert lines[3].split()[:2] == ["glorot", "0.9638*"]
    assert "+11.3" in lines[3]
    assert "< 0.001" in lines[3]


def test_differences_of_an_error_are_in_its_unit() -> None:
    lines = variants_table(table("test_mae", mse=STRONG, huber=WEAK)).lines()
    assert lines[0] == "test_mae, lower is better; differences in test_mae"
    assert "0.8508*" in lines[3]
    assert "-0.1130" in lines[3]


def test_failed_runs_are_counted_with_a_reason() -> None:
    comparison = table(a=WEAK, b=[*STRONG[:3], math.nan, math.nan], c=[math.nan] * 5)
    lines = variants_table(comparison).lines()
    assert "3 of 5" in lines[3]
    assert "0 of 5" in lines[4]
    assert "b: 2 of 5 runs failed, excluded from the mean. It failed." in lines
    assert "seeds that a variant shares with the baseline" in lines[-1]


def test_remaining_runs_are_counted() -> None:
    lines = variants_table(table(a=WEAK, b=STRONG[:4])).lines()
    assert lines[-1] == "1 run remaining."


def test_each_variant_but_the_baseline_has_a_verdict() -> None:
    rows = verdicts_table(table(a=WEAK, b=STRONG, c=WEAK)).rows
    assert rows[0][0].text.startswith("b beats a by 11.3 percentage points")
    assert rows[1][0].text.startswith("c and a are equal")
    assert verdicts_table(table(a=WEAK, b=STRONG)).rows == ()


def test_long_name_of_the_baseline_is_only_in_the_title() -> None:
    long = variants_table(table("test_accuracy", **{"units=64,optimizer=adam": WEAK, "b": STRONG}))
    assert long.title.endswith("differences in percentage points to units=64,optimizer=adam")
    assert [column.title for column in long.columns][4] == "to baseline"
    assert long.rows[0][4].text == "baseline"


def test_clipped_intervals_have_a_note() -> None:
    notes = variants_table(table(a=[0.5, 0.6], b=[0.9, 0.7])).notes
    assert "Intervals are clipped at 0 and 1, the bounds of test_accuracy." in notes
    notes = variants_table(table("test_mae", a=[0.1, 2.0], b=[0.1, 2.0])).notes
    assert "Intervals are clipped at 0, the bound of test_mae." in notes
    assert variants_table(table(a=WEAK, b=STRONG)).notes == ()
