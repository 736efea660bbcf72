"""The tables of a single trial."""

from __future__ import annotations

from nnlab.report.search.trial_tables import trial_tables
from nnlab.runs.records.trial import rank_trials
from tests.report.search.test_tables import texts
from tests.report.searches import UNITS, search, trials


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
