"""A search's record and trials: written, read, ranked, and shown among runs."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest

from nnlab.errors import DataError
from nnlab.runs.process import Process
from nnlab.runs.record import RunStatus
from nnlab.runs.search import (
    SearchFiles,
    SearchRecord,
    list_trials,
    ranking,
    read_search,
    write_search,
    write_trial,
)
from nnlab.runs.trial import TrialRecord, TrialStatus

DONE = TrialStatus.COMPLETE
TRIALS = [
    TrialRecord(0, {"units": 8}, DONE, (0.5,), 0.5),
    TrialRecord(1, {"units": 16}, DONE, (0.75,), 0.75),
    TrialRecord(2, {"units": 24}, TrialStatus.FAILED, error="Killed by signal 9."),
    TrialRecord(10, {"units": 32}, DONE, (math.nan,), math.nan),
    TrialRecord(11, {"units": 40}, TrialStatus.PRUNED, (0.9,), 0.9),
    TrialRecord(12, {"units": 48}, DONE, (0.75,), 0.75),
]
SEARCH = SearchRecord("a-tune-1", "a", objective="val_accuracy", direction="max", created="5")


def test_a_search_comes_back_as_it_was(tmp_path: Path) -> None:
    record = dataclasses.replace(
        SEARCH,
        status=RunStatus.COMPLETE,
        space=({"name": "units", "kind": "int"},),
        importance={"units": 1.0},
        metrics={"test_accuracy": 0.5},
        process=Process.current(),
    ).with_trials(TRIALS)
    write_search(tmp_path, record)
    assert read_search(tmp_path) == record


def test_trials_are_listed_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for trial in reversed(TRIALS):
        write_trial(tmp_path, trial)
    (tmp_path / "trials" / "99").mkdir()
    assert [trial.number for trial in list_trials(tmp_path)] == [0, 1, 2, 10, 11, 12]
    assert list_trials(tmp_path)[2] == TRIALS[2]


def test_only_complete_trials_with_a_score_are_ranked_and_the_earlier_wins() -> None:
    assert [trial.number for trial in ranking(TRIALS, "max")] == [1, 12, 0]
    assert [trial.number for trial in ranking(TRIALS, "min")] == [0, 1, 12]
    assert ranking([], "min") == []


def test_the_record_tells_how_many_trials_there_are_and_which_is_best() -> None:
    record = SEARCH.with_trials(TRIALS)
    assert record.trials == {"complete": 4, "failed": 1, "pruned": 1}
    assert (record.best, record.best_score, record.best_values) == (1, 0.75, {"units": 16})
    assert SEARCH.with_trials([]).best is None


def test_among_runs_a_search_has_the_best_score_as_its_metric() -> None:
    run = dataclasses.replace(SEARCH.with_trials(TRIALS), metrics={"test_accuracy": 0.5}).as_run()
    assert run.metrics == {"val_accuracy": 0.75, "test_accuracy": 0.5}
    assert run.direction("val_accuracy") == "max"
    assert run.training["trials"] == {"complete": 4, "failed": 1, "pruned": 1}


def test_a_search_whose_process_is_gone_can_be_resumed(tmp_path: Path) -> None:
    gone = dataclasses.replace(Process.current(), started=1)
    write_search(tmp_path, dataclasses.replace(SEARCH, process=gone))
    seen = read_search(tmp_path)
    assert seen.status is RunStatus.INTERRUPTED
    assert seen.error is not None
    assert "nnlab tune --resume a-tune-1" in seen.error


@pytest.mark.parametrize(
    ("text", "words"),
    [("[]", "a JSON object"), ('{"id": "a", "name": "a", "status": "x"}', "record of a search")],
)
def test_a_broken_record_names_its_file(tmp_path: Path, text: str, words: str) -> None:
    SearchFiles(tmp_path).search_json.write_text(text)
    with pytest.raises(DataError, match=words) as error:
        read_search(tmp_path)
    assert str(SearchFiles(tmp_path).search_json) in str(error.value)
