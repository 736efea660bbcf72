"""The table of a comparison."""

from __future__ import annotations

import math

from nnlab.report.comparison.tables import variants_table, verdicts_table
from tests.report.comparison.test_verdict import STRONG, WEAK, table


def test_a_row_a_variant_with_the_best_mean_marked() -> None:
    lines = variants_table(table(random_normal=WEAK, glorot=STRONG)).lines()
    assert lines[0] == "test_accuracy, higher is better; differences in points"
    assert lines[1].split()[:2] == ["variant", "test_accuracy"]
    assert lines[2].split()[:6] == ["random_normal", "0.8508", "0.8484", "to", "0.8532", "5"]
    assert lines[3].split()[:2] == ["glorot", "0.9638*"]
    assert "+11.3" in lines[3]
    assert "< 0.001" in lines[3]


def test_differences_of_an_error_are_in_its_own_unit() -> None:
    lines = variants_table(table("test_mae", mse=STRONG, huber=WEAK)).lines()
    assert lines[0] == "test_mae, lower is better; differences in test_mae"
    assert "0.8508*" in lines[3]
    assert "-0.1130" in lines[3]


def test_failed_runs_are_counted_and_named_below() -> None:
    found = table(a=WEAK, b=[*STRONG[:3], math.nan, math.nan], c=[math.nan] * 5)
    lines = variants_table(found).lines()
    assert "3 of 5" in lines[3]
    assert "0 of 5" in lines[4]
    assert "b: 2 of 5 runs failed, left out of the mean. It failed." in lines
    assert lines[-1] == "Differences are over the seeds that a variant shares with the baseline."


def test_runs_that_are_still_to_do_are_told() -> None:
    lines = variants_table(table(a=WEAK, b=STRONG[:4])).lines()
    assert lines[-1] == "1 run still to do."


def test_a_verdict_for_each_but_the_baseline() -> None:
    rows = verdicts_table(table(a=WEAK, b=STRONG, c=WEAK)).rows
    assert rows[0][0].text.startswith("b beats a by 11.3 points")
    assert rows[1][0].text == "c and a are equal at each of 5 seeds"


def test_a_long_baseline_stands_in_the_title_alone() -> None:
    found = variants_table(table("test_accuracy", **{"units=64,optimizer=adam": WEAK, "b": STRONG}))
    assert found.title.endswith("differences in points to units=64,optimizer=adam")
    assert [column.title for column in found.columns][4] == "to baseline"
    assert found.rows[0][4].text == "baseline"


def test_what_cuts_an_interval_off_is_told() -> None:
    notes = variants_table(table(a=[0.5, 0.6], b=[0.9, 0.7])).notes
    assert "No interval goes beyond 0 and 1, the bounds of test_accuracy." in notes
    assert variants_table(table(a=WEAK, b=STRONG)).notes == ()
