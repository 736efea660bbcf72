"""The record of a trial, ranking and counting."""

from __future__ import annotations

import json
import math

import pytest

from nnlab.errors import DataError
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, count_by_status, rank_trials

COMPLETE = TrialStatus.COMPLETE
TRIALS = [
    FrozenTrial(1, {"units": 8}, COMPLETE, (0.5,), 0.5),
    FrozenTrial(2, {"units": 16}, COMPLETE, (0.75,), 0.75),
    FrozenTrial(3, {"units": 24}, TrialStatus.FAILED, error="Killed by signal 9."),
    FrozenTrial(4, {"units": 32}, TrialStatus.PRUNED, (0.9,), 0.9),
    FrozenTrial(5, {"units": 40}, COMPLETE, (0.75,), 0.75),
]


def test_trial_is_parsed_as_written() -> None:
    trial = FrozenTrial(
        7,
        {"training.optimizer": "adam", "training.shuffle": True, "training.epochs": 3},
        COMPLETE,
        (0.25, 0.75),
        0.5,
        epochs=6,
        seconds=1.25,
        params=81,
        parent_trial=2,
        sampler_state={"rung": 2},
    )
    assert FrozenTrial.from_json(trial.to_json()) == trial


def test_nan_and_infinite_scores_are_strict_json() -> None:
    text = FrozenTrial(1, {}, COMPLETE, scores=(math.nan, math.inf), score=math.inf).to_json()
    assert json.loads(text)["scores"] == [None, "Infinity"]
    trial = FrozenTrial.from_json(text)
    assert math.isnan(trial.scores[0])
    assert trial.score == math.inf


def test_unknown_keys_are_ignored() -> None:
    text = json.dumps({"number": 1, "values": {}, "status": "failed", "color": "red"})
    assert FrozenTrial.from_json(text) == FrozenTrial(1, {}, TrialStatus.FAILED)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "to contain JSON"),
        ("{}", "an integer as 'number'"),
        ('{"number": 1, "values": {}, "status": "lost"}', "a status of running, complete"),
        ('{"number": 1, "values": {}, "status": "complete"}', "the score of a complete trial"),
        ('{"number": 1, "values": {}, "status": "failed", "score": "x"}', "numbers as scores"),
        ('{"number": 1, "values": [], "status": "failed"}', "an object as 'values'"),
    ],
)
def test_broken_record_names_the_file_and_the_error(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        FrozenTrial.from_json(text, "trials/1/trial.json")
    assert "trials/1/trial.json" in str(caught.value)


def test_complete_trials_are_ranked_with_earlier_ones_first_in_ties() -> None:
    assert [trial.number for trial in rank_trials(reversed(TRIALS), "max")] == [2, 5, 1]
    assert [trial.number for trial in rank_trials(TRIALS, "min")] == [1, 2, 5]
    assert rank_trials([], "min") == []


def test_trials_are_counted_by_status() -> None:
    assert count_by_status(TRIALS) == {
        "running": 0,
        "complete": 3,
        "failed": 1,
        "pruned": 1,
        "interrupted": 0,
    }


def test_spread_of_one_score_is_none() -> None:
    assert TRIALS[0].spread is None
    assert FrozenTrial(1, {}, scores=(0.5, 0.7)).spread == pytest.approx(0.1414, abs=1e-4)
