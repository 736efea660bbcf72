"""The tables of a search: facts, best trials, failures, importance; and of one trial."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from nnlab.report.search.tables import best_table, search_tables, trial_tables
from nnlab.report.text.table import Table
from nnlab.runs.records.run import RunStatus
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, Value, rank_trials
from tests.report.searches import DROPOUT, OPTIMIZER, TIMES, UNITS, search, trials


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def titled(tables: list[Table], title: str) -> Table:
    return next(table for table in tables if table.title.startswith(title))


def test_best_ten_trials_are_listed_in_order() -> None:
    all_trials = trials(40)
    table = best_table(search(all_trials), all_trials)
    assert [int(row[0]) for row in texts(table)] == [
        trial.number for trial in rank_trials(all_trials, "max")[:10]
    ]
    assert table.rows[0][1].tone == "best"
    assert table.title == "Best 10 of 40 complete trials"


def test_equal_trials_are_all_marked_with_a_note() -> None:
    all_trials = [FrozenTrial(n, {}, TrialStatus.COMPLETE, score=0.5 * (n > 1)) for n in (1, 2, 3)]
    table = best_table(search(all_trials), all_trials)
    assert [row[1].tone for row in table.rows] == ["best", "best", ""]
    (note,) = table.notes
    assert note.endswith("the best: 2.")


def test_repetitions_share_a_column() -> None:
    values: dict[str, Value] = {TIMES: 2, DROPOUT.format(1): 0.1, DROPOUT.format(2): 0.3, UNITS: 64}
    trial = FrozenTrial(1, values, TrialStatus.COMPLETE, (0.5,), 0.5)
    table = best_table(search([trial]), [trial])
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


def test_repeated_scores_have_a_standard_deviation() -> None:
    all_trials = trials(12, runs=3)
    table = best_table(search(all_trials, executions_per_trial=3), all_trials)
    assert table.columns[2].title == "std"
    assert "mean of 3 executions" in table.notes[0]
    assert "mean of 3 folds" in best_table(search(all_trials, cv=3), all_trials).notes[0]
    single = trials(12)
    assert "std" not in [column.title for column in best_table(search(single), single).columns]


def test_failures_are_counted_by_reason() -> None:
    all_trials = trials(20, failed=(4, 9))
    (row,) = texts(titled(search_tables(search(all_trials), all_trials), "Failed"))
    assert row == ["2", "The loss is not a number: the training diverged.", "4, 9"]


def test_importance_has_short_names_and_its_method() -> None:
    all_trials = trials(12)
    record = search(
        all_trials,
        importance={TIMES: 0.75, OPTIMIZER: 0.25, UNITS: 0.0},
        importance_errors={TIMES: 0.1, OPTIMIZER: 0.04, UNITS: 0.0},
        importance_r2=0.6,
    )
    table = titled(search_tables(record, all_trials), "Importance")
    assert texts(table) == [["times", "75 %", "10 %"], ["optimizer", "25 %", "4 %"]]
    assert "60 %" in table.notes[0]
    assert "random forest" in table.notes[1]
    assert table.notes[2].startswith("1 other is not significant")


def test_search_has_suggested_commands(tmp_path: Path) -> None:
    all_trials = trials(12)
    commands = [
        row[0]
        for row in texts(
            titled(search_tables(search(all_trials), all_trials, tmp_path), "Next steps")
        )
    ]
    best = rank_trials(all_trials, "max")[0].number
    assert f"nnlab show {tmp_path}/trials/{best}" in commands


@pytest.mark.parametrize("count", [0, 2])
def test_search_without_scores_has_no_best_table(tmp_path: Path, count: int) -> None:
    all_trials = trials(count, failed=(1, 2))
    titles = [table.title for table in search_tables(search(all_trials), all_trials, tmp_path)]
    assert titles == ["deep", *["Failed", "Next steps"] * bool(count)]


def test_facts_have_the_stop_reason_and_the_final_metrics() -> None:
    all_trials = trials(12, failed=(4,))
    record = search(
        all_trials,
        stop_reason="max_time",
        final_metrics={"loss": 0.1, "test_accuracy": 0.875},
        timing={"total_s": 65.0},
    )
    facts = dict(texts(search_tables(record, all_trials)[0]))
    assert facts["trials"] == "11 complete, 1 failed; the time limit is reached"
    assert facts["best, retrained"] == "test_accuracy 0.8750"
    assert facts["time"] == "1 min 5 s"
    assert facts["objective"] == "val_accuracy (higher is better)"


@pytest.mark.parametrize("status", [RunStatus.INTERRUPTED, RunStatus.FAILED])
def test_stopped_search_has_a_resume_command(tmp_path: Path, status: RunStatus) -> None:
    record = dataclasses.replace(
        search([]), status=status, error="The process died.", stop_reason=None
    )
    tables = search_tables(record, [], tmp_path)
    assert dict(texts(tables[0]))["error"] == "The process died."
    assert texts(titled(tables, "Next steps"))[0][0] == f"nnlab tune --resume {tmp_path}"


def rungs() -> list[FrozenTrial]:
    """Return two trials of one epoch, the better of which was continued and got worse."""
    done = TrialStatus.COMPLETE
    return [
        FrozenTrial(1, {UNITS: 8}, done, (0.7,), 0.7, epochs=1, sampler_state={"epochs": 1}),
        FrozenTrial(2, {UNITS: 64}, done, (0.9,), 0.9, epochs=1, sampler_state={"epochs": 1}),
        FrozenTrial(
            3,
            {UNITS: 64},
            done,
            (0.8,),
            0.8,
            epochs=3,
            parent_trial=2,
            sampler_state={"epochs": 3, "initial_epoch": 1},
        ),
    ]


def test_hyperband_has_parents_and_the_epochs_of_the_best() -> None:
    all_trials = rungs()
    retrained = {"val_accuracy": 0.85}
    record = search(all_trials, algorithm="hyperband", max_epochs=9, final_metrics=retrained)
    facts = dict(texts(search_tables(record, all_trials)[0]))
    assert facts["best"] == "trial 2, val_accuracy 0.9000, after 1 of 9 epochs"
    assert facts["best, retrained"] == "val_accuracy 0.8500; a single training of 9 epochs"
    assert facts["importance"] == "too few trials: 2 new trials with a score, minimum 20"
    table = best_table(record, all_trials)
    index = [column.title for column in table.columns].index("parent")
    assert [row[index].text for row in table.rows] == ["-", "2, epoch 1", "-"]
    assert "parent" in table.notes[-1]


def test_score_of_a_single_full_training_has_no_conditions() -> None:
    all_trials = trials(12)
    assert "best" not in dict(texts(search_tables(search(all_trials), all_trials)[0]))


def test_mean_score_has_its_conditions() -> None:
    all_trials = trials(3, runs=2)
    facts = dict(texts(search_tables(search(all_trials, executions_per_trial=2), all_trials)[0]))
    assert ", mean of 2 executions, standard deviation " in facts["best"]


def test_trial_has_tables_of_facts_and_values() -> None:
    all_trials = trials(12, runs=2, failed=(5,))
    record = search(all_trials, executions_per_trial=2)
    best = rank_trials(all_trials, "max")[0]
    facts_table, values = trial_tables(record, all_trials, best.number)
    facts = dict(texts(facts_table))
    assert facts_table.title == f"Trial {best.number} of {record.id}"
    assert facts["rank"] == "1 of 11"
    assert facts["val_accuracy"].endswith(f"standard deviation {best.spread:.4f}")
    assert len(facts["scores"].split(", ")) == 2
    assert dict(texts(values))[UNITS] == str(best.values[UNITS])
    failed, _ = trial_tables(record, all_trials, 5)
    assert "diverged" in dict(texts(failed))["error"]
    assert trial_tables(record, all_trials, 99) == []
