"""The tables of a search: best trials in order, spread, reasons of failures, importance."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from nnlab.report.search_tables import best_table, search_tables
from nnlab.report.tables import Table
from nnlab.runs.record import RunStatus
from nnlab.runs.trial import TrialRecord, TrialStatus, Value, ranked
from tests.report.searches import DROPOUT, OPTIMIZER, TIMES, UNITS, search, trials


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def titled(tables: list[Table], title: str) -> Table:
    return next(table for table in tables if table.title.startswith(title))


def test_the_best_ten_stand_in_order_with_their_values() -> None:
    several = trials(40)
    table = best_table(search(several), several)
    assert [int(row[0]) for row in texts(table)] == [
        trial.number for trial in ranked(several, "max")[:10]
    ]
    assert table.rows[0][1].tone == "best"
    assert table.title == "The best 10 of 40 complete trials"


def test_repetitions_share_a_column() -> None:
    values: dict[str, Value] = {TIMES: 2, DROPOUT.format(1): 0.1, DROPOUT.format(2): 0.3, UNITS: 64}
    one = TrialRecord(1, values, TrialStatus.COMPLETE, (0.5,), 0.5)
    table = best_table(search([one]), [one])
    assert [column.title for column in table.columns] == [
        "trial",
        "val_accuracy",
        "units",
        "times",
        "Dropout",
        "epochs",
        "params",
    ]
    assert texts(table) == [["1", "0.5000", "64", "2", "0.1 0.3", "0", "-"]]


def test_repeated_scores_have_a_spread_and_single_ones_none() -> None:
    several = trials(12, runs=3)
    table = best_table(search(several, executions_per_trial=3), several)
    assert table.columns[2].title == "spread"
    assert "mean over repetitions" in table.notes[0]
    assert "mean over folds" in best_table(search(several, cv=3), several).notes[0]
    single = trials(12)
    assert "spread" not in [column.title for column in best_table(search(single), single).columns]


def test_failures_are_told_once_a_reason_with_how_many_there_are() -> None:
    several = trials(20, failed=(4, 9))
    (row,) = texts(titled(search_tables(search(several), several), "Failed"))
    assert row == ["2", "The loss is not a number: the training diverged.", "4"]


def test_importance_stands_under_short_names_with_its_method() -> None:
    several = trials(12)
    record = search(several, importance={TIMES: 0.75, OPTIMIZER: 0.25, UNITS: 0.0}, explained=0.6)
    table = titled(search_tables(record, several), "Importance")
    assert texts(table) == [["times", "75%"], ["optimizer", "25%"]]
    assert "random forest" in table.notes[0]
    assert table.notes[1] == "The other 1: less than 1%."
    assert "60%" in table.notes[2]


def test_a_search_tells_what_to_type_next(tmp_path: Path) -> None:
    several = trials(12)
    commands = [
        row[0] for row in texts(titled(search_tables(search(several), several, tmp_path), "Next"))
    ]
    assert f"nnlab train {tmp_path}/best.yaml" in commands
    best = ranked(several, "max")[0].number
    assert f"nnlab show {tmp_path}/trials/{best}" in commands


@pytest.mark.parametrize("count", [0, 2])
def test_a_search_without_scores_is_told_without_a_best(tmp_path: Path, count: int) -> None:
    several = trials(count, failed=(1, 2))
    titles = [table.title for table in search_tables(search(several), several, tmp_path)]
    assert titles == ["deep", *["Failed"] * bool(count), "Next"]


def test_facts_tell_how_it_ended_and_what_the_best_came_to() -> None:
    several = trials(12, failed=(4,))
    record = search(
        several,
        ended_by="max_time",
        retrained={"loss": 0.1, "test_accuracy": 0.875},
        timing={"total_s": 65.0},
    )
    facts = dict(texts(search_tables(record, several)[0]))
    assert facts["trials"] == "11 complete, 1 failed; its time is over"
    assert facts["best, retrained"] == "test_accuracy 0.8750"
    assert facts["time"] == "1 min 5 s"
    assert facts["objective"] == "val_accuracy (more is better)"


@pytest.mark.parametrize("status", [RunStatus.INTERRUPTED, RunStatus.FAILED])
def test_a_search_that_was_stopped_tells_how_to_go_on(tmp_path: Path, status: RunStatus) -> None:
    record = dataclasses.replace(search([]), status=status, error="The process died.")
    tables = search_tables(record, [], tmp_path)
    assert dict(texts(tables[0]))["error"] == "The process died."
    assert texts(titled(tables, "Next"))[0][0] == f"nnlab tune --resume {tmp_path.name}"
