"""The records of a search and its trials."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.errors import DataError, RunNotFoundError
from nnlab.runs.records.run import RunStatus
from nnlab.runs.records.search import SearchFiles, SearchRecord, read_search, read_trials
from nnlab.runs.records.trial import FrozenTrial, TrialStatus


def test_record_is_read_as_written(tmp_path: Path) -> None:
    best = FrozenTrial(3, {"units": 8}, TrialStatus.COMPLETE, (0.5,), 0.5)
    record = SearchRecord(
        "a-tune-1",
        "a",
        RunStatus.COMPLETE,
        objective="val_accuracy",
        direction="max",
        max_time=60.0,
        space=({"name": "units", "kind": "int"},),
        trial_counts={"complete": 3},
        best=best.to_dict(),
        final_metrics={"test_accuracy": 0.5},
        stop_reason="max_trials",
        importance={"units": 1.0},
        importance_errors={"units": 0.1},
        importance_r2=0.75,
        timing={"total_s": 3.5},
        command=("nnlab", "tune"),
    )
    path = tmp_path / record.id
    record.write(SearchFiles(path).search_json)
    assert read_search(path) == record


def test_trials_are_read_in_numerical_order(tmp_path: Path) -> None:
    trials = [FrozenTrial(number, {"units": 8}) for number in (1, 2, 10)]
    for trial in reversed(trials):
        trial.write(SearchFiles(tmp_path).trial_json(trial.number))
    (tmp_path / "trials" / "99").mkdir()
    assert read_trials(tmp_path) == trials


def test_folder_without_a_search_names_the_tune_command(tmp_path: Path) -> None:
    with pytest.raises(RunNotFoundError, match="nnlab tune CONFIG"):
        read_search(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [("[]", "a JSON object"), ('{"id": "a", "name": "a", "status": "x"}', "a status of running")],
)
def test_broken_record_names_the_file(tmp_path: Path, text: str, message: str) -> None:
    SearchFiles(tmp_path).search_json.write_text(text)
    with pytest.raises(DataError, match=message) as caught:
        read_search(tmp_path)
    assert str(SearchFiles(tmp_path).search_json) in str(caught.value)
