"""The importance of hyperparameters: real effects are result, chance is not."""

from __future__ import annotations

import dataclasses

import pytest

from nnlab.analysis.importance import MIN_TRIALS, comparable_groups, importance
from nnlab.runs.records.trial import FrozenTrial, TrialStatus
from tests.report.searches import SPACE, TIMES, UNITS, trials


@pytest.mark.slow
def test_decisive_hyperparameter_is_found() -> None:
    result = importance(trials(60), SPACE)
    assert result is not None
    assert next(iter(result.shares)) == TIMES
    assert result.shares[TIMES] > 0.9
    assert sum(result.shares.values()) == pytest.approx(1)
    assert result.importance_r2 > 0.8


def test_repetitions_count_as_one_hyperparameter() -> None:
    result = importance(trials(30), SPACE)
    assert result is not None
    assert len(result.shares) == 6
    assert "model.layers.1.Repeat.layers.0.Dropout" in result.shares


def test_chance_has_no_importance() -> None:
    noise = [
        dataclasses.replace(trial, score=float(number * 7919 % 101))
        for number, trial in enumerate(trials(40))
    ]
    result = importance(noise, SPACE)
    assert result is not None
    assert result.importance_r2 < 0.2
    assert result.importance_r2 > 0 or result.shares == {}


@pytest.mark.slow
def test_outlier_does_not_dominate() -> None:
    normal = trials(60)
    outlier = dataclasses.replace(normal[0], score=-1e9, values={**normal[0].values, UNITS: 8})
    result = importance([outlier, *normal[1:]], SPACE)
    assert result is not None
    assert result.shares[TIMES] > 0.8


def test_shares_have_standard_errors_unless_insignificant() -> None:
    result = importance(trials(60), SPACE)
    assert result is not None
    assert 0 < result.errors[TIMES] < 0.2
    assert result.shares[UNITS] == result.errors[UNITS] == 0


@pytest.mark.slow
def test_trials_are_ranked_among_those_with_equal_epochs() -> None:
    first = [
        dataclasses.replace(
            trial, sampler_state={"epochs": 1 if trial.number % 2 else 9}, score=score
        )
        for trial in trials(60)
        for score in [(trial.score or 0) + (5 if trial.number % 2 else 0)]
    ]
    continued = [
        dataclasses.replace(trial, number=trial.number + 60, parent_trial=trial.number, score=99.0)
        for trial in first
    ]
    result = importance([*first, *continued], SPACE)
    assert result is not None
    assert result.shares[TIMES] > 0.9
    assert result == importance(first, SPACE)


def test_continued_and_single_trials_are_not_compared() -> None:
    done = TrialStatus.COMPLETE
    short = [FrozenTrial(n, {}, done, score=n, sampler_state={"epochs": 1}) for n in (1, 2)]
    continued = FrozenTrial(3, {}, done, score=9, parent_trial=2, sampler_state={"epochs": 3})
    single = FrozenTrial(4, {}, done, score=9, sampler_state={"epochs": 9})
    groups = comparable_groups([*short, continued, single])
    assert [[trial.number for trial in group] for group in groups] == [[1, 2]]


@pytest.mark.slow
def test_importance_is_deterministic() -> None:
    assert importance(trials(30), SPACE) == importance(trials(30), SPACE)


def test_few_trials_and_equal_scores_have_no_importance() -> None:
    assert importance(trials(MIN_TRIALS - 1), SPACE) is None
    equal = [dataclasses.replace(trial, score=0.5) for trial in trials(20)]
    assert importance(equal, SPACE) is None
    failed = [dataclasses.replace(trial, status=TrialStatus.FAILED) for trial in trials(20)]
    assert importance(failed, SPACE) is None
