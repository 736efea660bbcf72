"""The importance of hyperparameters: what the score depends on is found, chance is not."""

from __future__ import annotations

import dataclasses

import pytest

from nnlab.analysis.importance import LEAST_TRIALS, importance
from nnlab.runs.records.trial import TrialStatus
from tests.report.searches import SPACE, TIMES, UNITS, trials


def test_what_the_score_depends_on_is_found() -> None:
    found = importance(trials(60), SPACE)
    assert found is not None
    assert next(iter(found.shares)) == TIMES
    assert found.shares[TIMES] > 0.9
    assert sum(found.shares.values()) == pytest.approx(1)
    assert found.importance_r2 > 0.8


def test_repetitions_are_one_hyperparameter() -> None:
    found = importance(trials(30), SPACE)
    assert found is not None
    assert len(found.shares) == 6
    assert "model.layers.1.Repeat.layers.0.Dropout" in found.shares


def test_trials_that_differ_by_chance_alone_tell_nothing() -> None:
    noise = [
        dataclasses.replace(trial, score=float(number * 7919 % 101))
        for number, trial in enumerate(trials(40))
    ]
    found = importance(noise, SPACE)
    assert found is not None
    assert found.importance_r2 < 0.2
    assert found.importance_r2 > 0 or found.shares == {}


def test_one_score_that_is_far_off_does_not_count_for_all() -> None:
    several = trials(60)
    far = dataclasses.replace(several[0], score=-1e9, values={**several[0].values, UNITS: 8})
    found = importance([far, *several[1:]], SPACE)
    assert found is not None
    assert found.shares[TIMES] > 0.8


def test_shares_have_errors_and_what_is_chance_has_none_of_the_score() -> None:
    found = importance(trials(60), SPACE)
    assert found is not None
    assert 0 < found.errors[TIMES] < 0.2
    assert found.shares[UNITS] == found.errors[UNITS] == 0


def test_trials_of_more_epochs_are_not_ranked_with_those_of_fewer() -> None:
    several = [
        dataclasses.replace(one, proposal={"epochs": 1 if one.number % 2 else 9}, score=score)
        for one in trials(60)
        for score in [(one.score or 0) + (5 if one.number % 2 else 0)]
    ]
    again = [
        dataclasses.replace(one, number=one.number + 60, parent_trial=one.number, score=99.0)
        for one in several
    ]
    found = importance([*several, *again], SPACE)
    assert found is not None
    assert found.shares[TIMES] > 0.9
    assert found == importance(several, SPACE)


def test_equal_trials_give_equal_importance() -> None:
    assert importance(trials(30), SPACE) == importance(trials(30), SPACE)


def test_few_trials_and_equal_scores_tell_nothing() -> None:
    assert importance(trials(LEAST_TRIALS - 1), SPACE) is None
    equal = [dataclasses.replace(trial, score=0.5) for trial in trials(20)]
    assert importance(equal, SPACE) is None
    failed = [dataclasses.replace(trial, status=TrialStatus.FAILED) for trial in trials(20)]
    assert importance(failed, SPACE) is None
