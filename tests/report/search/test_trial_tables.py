"""One trial of a search in tables."""

from __future__ import annotations

from nnlab.report.search.trial_tables import trial_tables
from nnlab.runs.records.trial import ranked
from tests.report.search.test_tables import texts
from tests.report.searches import UNITS, search, trials


def test_one_trial_tells_its_values_and_its_score() -> None:
    several = trials(12, runs=2, failed=(5,))
    record = search(several, executions_per_trial=2)
    best = ranked(several, "max")[0]
    told, values = trial_tables(record, several, best.number)
    facts = dict(texts(told))
    assert told.title == f"Trial {best.number} of {record.id}"
    assert facts["rank"] == "1 of 11"
    assert facts["val_accuracy"].endswith(f"standard deviation {best.spread:.4f}")
    assert len(facts["scores"].split(", ")) == 2
    assert dict(texts(values))[UNITS] == str(best.values[UNITS])
    failed, _ = trial_tables(record, several, 5)
    assert "diverged" in dict(texts(failed))["error"]
    assert trial_tables(record, several, 99) == []
