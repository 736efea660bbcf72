"""trials.csv holds every trial, whatever became of it, and reads back."""

from __future__ import annotations

import csv
import io

from nnlab.report.trials_csv import trials_csv
from tests.report.searches import DROPOUT, SHUFFLE, SPACE, TIMES, trials


def test_every_trial_has_a_row_and_every_hyperparameter_a_column() -> None:
    several = trials(12, runs=2, failed=(3,))
    names = [one.name for one in SPACE]
    rows = list(csv.DictReader(io.StringIO(trials_csv(several, names))))
    assert [int(row["trial"]) for row in rows] == list(range(1, 13))
    for row, trial in zip(rows, several, strict=True):
        assert row["status"] == trial.status
        assert [float(score) for score in row["scores"].split()] == list(trial.scores)
        assert int(row[TIMES]) == trial.values[TIMES]
        assert row[SHUFFLE] == str(trial.values[SHUFFLE]).lower()
        assert (row[DROPOUT.format(3)] == "") is (trial.values[TIMES] != 3)
    assert "See trials/3.\nIt is the last." in rows[2]["error"]
    assert rows[2]["score"] == ""
