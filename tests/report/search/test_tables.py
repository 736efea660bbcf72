"""The tables of a search: best trials in order, spread, reasons of failures, importance."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from nnlab.report.search.tables import best_table, search_tables
from nnlab.report.text.table import Table
from nnlab.runs.records.run import RunStatus
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, Value, ranked
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


def test_equal_trials_are_all_starred_and_it_is_told_which_is_the_best() -> None:
    several = [FrozenTrial(n, {}, TrialStatus.COMPLETE, score=0.5 * (n > 1)) for n in (1, 2, 3)]
    table = best_table(search(several), several)
    assert [row[1].tone for row in table.rows] == ["best", "best", ""]
    assert table.notes == ("Of equal trials the first one counts as the best: 2.",)


def test_repetitions_share_a_column() -> None:
    values: dict[str, Value] = {TIMES: 2, DROPOUT.format(1): 0.1, DROPOUT.format(2): 0.3, UNITS: 64}
    one = FrozenTrial(1, values, TrialStatus.COMPLETE, (0.5,), 0.5)
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
    assert "mean of 3 executions" in table.notes[0]
    assert (
        "mean of 3 folds; spread: their standard deviation (n - 1)"
        in best_table(search(several, cv=3), several).notes[0]
    )
    single = trials(12)
    assert "spread" not in [column.title for column in best_table(search(single), single).columns]


def test_failures_are_told_once_a_reason_with_how_many_there_are() -> None:
    several = trials(20, failed=(4, 9))
    (row,) = texts(titled(search_tables(search(several), several), "Failed"))
    assert row == ["2", "The loss is not a number: the training diverged.", "4, 9"]


def test_importance_stands_under_short_names_with_its_method() -> None:
    several = trials(12)
    record = search(
        several,
        importance={TIMES: 0.75, OPTIMIZER: 0.25, UNITS: 0.0},
        importance_errors={TIMES: 0.1, OPTIMIZER: 0.04, UNITS: 0.0},
        importance_r2=0.6,
    )
    table = titled(search_tables(record, several), "Importance")
    assert texts(table) == [["times", "75 %", "10 %"], ["optimizer", "25 %", "4 %"]]
    assert "60 %" in table.notes[0]
    assert "random forest" in table.notes[1]
    assert table.notes[2] == "The other cannot be told from chance, or has less than 1 %."


def test_a_search_tells_what_to_type_next(tmp_path: Path) -> None:
    several = trials(12)
    commands = [
        row[0]
        for row in texts(titled(search_tables(search(several), several, tmp_path), "Next steps"))
    ]
    best = ranked(several, "max")[0].number
    assert f"nnlab show {tmp_path}/trials/{best}" in commands


@pytest.mark.parametrize("count", [0, 2])
def test_a_search_without_scores_is_told_without_a_best(tmp_path: Path, count: int) -> None:
    several = trials(count, failed=(1, 2))
    titles = [table.title for table in search_tables(search(several), several, tmp_path)]
    assert titles == ["deep", *["Failed", "Next steps"] * bool(count)]


def test_facts_tell_how_it_ended_and_what_the_best_came_to() -> None:
    several = trials(12, failed=(4,))
    record = search(
        several,
        stop_reason="max_time",
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
    record = dataclasses.replace(
        search([]), status=status, error="The process died.", stop_reason=None
    )
    tables = search_tables(record, [], tmp_path)
    assert dict(texts(tables[0]))["error"] == "The process died."
    assert texts(titled(tables, "Next steps"))[0][0] == f"nnlab tune --resume {tmp_path}"


def rungs() -> list[FrozenTrial]:
    """Two trials of an epoch, the better of which went on and came to less."""
    done = TrialStatus.COMPLETE
    return [
        FrozenTrial(1, {UNITS: 8}, done, (0.7,), 0.7, epochs=1, proposal={"epochs": 1}),
        FrozenTrial(2, {UNITS: 64}, done, (0.9,), 0.9, epochs=1, proposal={"epochs": 1}),
        FrozenTrial(
            3,
            {UNITS: 64},
            done,
            (0.8,),
            0.8,
            epochs=3,
            parent_trial=2,
            proposal={"epochs": 3, "initial_epoch": 1},
        ),
    ]


def test_hyperband_tells_which_trial_goes_on_and_after_how_many_epochs_the_best_was() -> None:
    several = rungs()
    retrained = {"val_accuracy": 0.85}
    record = search(several, algorithm="hyperband", max_epochs=9, retrained=retrained)
    facts = dict(texts(search_tables(record, several)[0]))
    assert facts["best"] == "trial 2, val_accuracy 0.9000, after 1 of 9 epochs"
    assert facts["best, retrained"] == "val_accuracy 0.8500; one training of 9 epochs"
    assert facts["importance"] == "too few trials to say: 2 that begin anew, of 20 at least"
    table = best_table(record, several)
    at = [column.title for column in table.columns].index("goes on from")
    assert [row[at].text for row in table.rows] == ["-", "2, epoch 1", "-"]
    assert "begins with its weights" in table.notes[-1]


def test_a_score_of_one_whole_training_needs_no_words() -> None:
    several = trials(12)
    assert "best" not in dict(texts(search_tables(search(several), several)[0]))


def test_a_mean_is_told_as_one() -> None:
    several = trials(3, runs=2)
    facts = dict(texts(search_tables(search(several, executions_per_trial=2), several)[0]))
    assert ", the mean of 2 executions, standard deviation " in facts["best"]
