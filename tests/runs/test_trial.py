"""A trial's record goes into strict JSON and comes back; what is broken is told."""

from __future__ import annotations

import json
import math

import pytest

from nnlab.errors import DataError
from nnlab.runs.trial import TrialRecord, TrialStatus


def test_a_trial_comes_back_as_it_was() -> None:
    trial = TrialRecord(
        7,
        {"training.optimizer": "adam", "training.shuffle": True, "training.epochs": 3},
        TrialStatus.COMPLETE,
        (0.25, 0.75),
        0.5,
        epochs=6,
        seconds=1.25,
        details={"rung": 2},
    )
    assert TrialRecord.from_json(trial.to_json()) == trial


def test_scores_that_are_no_numbers_are_strict_json() -> None:
    text = TrialRecord(0, scores=(math.nan, math.inf), score=math.inf).to_json()
    assert json.loads(text)["scores"] == [None, "Infinity"]
    again = TrialRecord.from_json(text)
    assert math.isnan(again.scores[0])
    assert again.score == math.inf


def test_keys_of_a_later_version_are_left_out() -> None:
    text = json.dumps({"number": 1, "values": {}, "status": "failed", "colour": "red"})
    assert TrialRecord.from_json(text) == TrialRecord(1, {}, TrialStatus.FAILED)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "to hold JSON"),
        ("{}", "a whole number as 'number'"),
        ('{"number": 1, "values": {}, "status": "lost"}', "'lost' is not a valid TrialStatus"),
        ('{"number": 1, "values": {}, "status": "failed", "score": "x"}', "record of a trial"),
        ('{"number": 1, "values": [], "status": "failed"}', "an object as 'values'"),
    ],
)
def test_a_broken_record_names_its_file_and_its_fault(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as error:
        TrialRecord.from_json(text, "trials/1/trial.json")
    assert "trials/1/trial.json" in str(error.value)
