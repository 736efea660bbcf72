"""A trial's record goes into strict JSON and comes back; what is broken is told; trials rank."""

from __future__ import annotations

import json
import math

import pytest

from nnlab.errors import DataError
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, counts, ranked

DONE = TrialStatus.COMPLETE
TRIALS = [
    FrozenTrial(1, {"units": 8}, DONE, (0.5,), 0.5),
    FrozenTrial(2, {"units": 16}, DONE, (0.75,), 0.75),
    FrozenTrial(3, {"units": 24}, TrialStatus.FAILED, error="Killed by signal 9."),
    FrozenTrial(4, {"units": 32}, TrialStatus.PRUNED, (0.9,), 0.9),
    FrozenTrial(5, {"units": 40}, DONE, (0.75,), 0.75),
]


def test_a_trial_comes_back_as_it_was() -> None:
    trial = FrozenTrial(
        7,
        {"training.optimizer": "adam", "training.shuffle": True, "training.epochs": 3},
        DONE,
        (0.25, 0.75),
        0.5,
        epochs=6,
        seconds=1.25,
        params=81,
        parent_trial=2,
        proposal={"rung": 2},
    )
    assert FrozenTrial.from_json(trial.to_json()) == trial


def test_scores_that_are_no_numbers_are_strict_json() -> None:
    text = FrozenTrial(1, {}, DONE, scores=(math.nan, math.inf), score=math.inf).to_json()
    assert json.loads(text)["scores"] == [None, "Infinity"]
    again = FrozenTrial.from_json(text)
    assert math.isnan(again.scores[0])
    assert again.score == math.inf


def test_keys_of_a_later_version_are_left_out() -> None:
    text = json.dumps({"number": 1, "values": {}, "status": "failed", "colour": "red"})
    assert FrozenTrial.from_json(text) == FrozenTrial(1, {}, TrialStatus.FAILED)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "to hold JSON"),
        ("{}", "a whole number as 'number'"),
        ('{"number": 1, "values": {}, "status": "lost"}', "a status of running, complete"),
        ('{"number": 1, "values": {}, "status": "complete"}', "the score of a complete trial"),
        ('{"number": 1, "values": {}, "status": "failed", "score": "x"}', "numbers as scores"),
        ('{"number": 1, "values": [], "status": "failed"}', "an object as 'values'"),
    ],
)
def test_a_broken_record_names_its_file_and_its_fault(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as error:
        FrozenTrial.from_json(text, "trials/1/trial.json")
    assert "trials/1/trial.json" in str(error.value)


def test_only_complete_trials_are_ranked_and_of_equal_ones_the_earlier_wins() -> None:
    assert [trial.number for trial in ranked(reversed(TRIALS), "max")] == [2, 5, 1]
    assert [trial.number for trial in ranked(TRIALS, "min")] == [1, 2, 5]
    assert ranked([], "min") == []


def test_every_status_is_counted() -> None:
    assert counts(TRIALS) == {
        "running": 0,
        "complete": 3,
        "failed": 1,
        "pruned": 1,
        "interrupted": 0,
    }


def test_the_spread_of_one_score_is_unknown() -> None:
    assert TRIALS[0].spread is None
    assert FrozenTrial(1, {}, scores=(0.5, 0.7)).spread == pytest.approx(0.1414, abs=1e-4)
