"""trials.csv has every trial, failed ones included; the plots are written."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from nnlab.report.search.files import trials_csv, write_search_files
from nnlab.runs.records.search import SearchFiles, SearchRecord, read_search
from tests.report.searches import DROPOUT, SHUFFLE, SPACE, TIMES, search, trials


def test_each_trial_has_a_row_and_each_hyperparameter_a_column() -> None:
    all_trials = trials(12, runs=2, failed=(3,))
    names = [hyperparameter.name for hyperparameter in SPACE]
    rows = list(csv.DictReader(io.StringIO(trials_csv(all_trials, names))))
    assert [int(row["trial"]) for row in rows] == list(range(1, 13))
    for row, trial in zip(rows, all_trials, strict=True):
        assert row["status"] == trial.status
        assert [float(score) for score in row["scores"].split()] == list(trial.scores)
        assert int(row[TIMES]) == trial.values[TIMES]
        assert row[SHUFFLE] == str(trial.values[SHUFFLE]).lower()
        assert (row[DROPOUT.format(3)] == "") is (trial.values[TIMES] != 3)
    assert "See trials/3.\nIt is the last." in rows[2]["error"]
    assert rows[2]["score"] == ""


@pytest.mark.slow
def test_search_files_are_the_table_and_three_plots(tmp_path: Path) -> None:
    all_trials = trials(30, failed=(7,))
    search(all_trials).write(SearchFiles(tmp_path).search_json)
    files = SearchFiles(tmp_path)
    importance = write_search_files(files, read_search(tmp_path), all_trials)
    assert importance is not None
    assert next(iter(importance.shares)) == TIMES
    assert len(files.trials_csv.read_text().splitlines()) > 30
    assert {path.name for path in files.plots.iterdir()} == {
        "optimization_history.png",
        "parallel_coordinates.png",
        "slices.png",
    }


def test_search_without_trials_has_an_empty_table(tmp_path: Path) -> None:
    record: SearchRecord = search([])
    assert write_search_files(SearchFiles(tmp_path), record, []) is None
    assert len(SearchFiles(tmp_path).trials_csv.read_text().splitlines()) == 1
