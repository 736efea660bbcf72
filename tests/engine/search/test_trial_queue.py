"""The queue of trials: reruns, suggestions, and why it stops."""

from __future__ import annotations

import dataclasses

import pytest

from nnlab.config.loader import read_search_config
from nnlab.config.yaml.builtin_configs import find_builtin_config
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.engine.search.trial_queue import TrialQueue, all_failed_with_same_error
from nnlab.runs.records.trial import FrozenTrial, TrialStatus


@pytest.fixture
def configs() -> TrialConfigs:
    """Return a search with limits of three trials and ten seconds."""
    limits = ["tune.max_trials=3", "tune.max_time=10"]
    return TrialConfigs(read_search_config(find_builtin_config("search_layers"), limits))


def test_interrupted_trials_are_rerun_first(configs: TrialConfigs) -> None:
    first = TrialQueue(configs, {}).next(0.0, is_idle=True)
    assert first is not None
    interrupted = dataclasses.replace(first, status=TrialStatus.INTERRUPTED, seconds=3.0)
    trials: dict[int, FrozenTrial] = {1: interrupted}
    queue = TrialQueue(configs, trials)
    assert not queue.is_empty(0.0)
    assert queue.next(0.0, is_idle=True) == first
    second = queue.next(0.0, is_idle=False)
    assert second is not None
    assert second.number == 2


def test_search_stops_at_the_maximum_number_of_trials(configs: TrialConfigs) -> None:
    trials: dict[int, FrozenTrial] = {}
    queue = TrialQueue(configs, trials)
    while trial := queue.next(0.0, is_idle=True):
        trials[trial.number] = trial
    assert (len(trials), queue.stop_reason) == (3, "max_trials")


def test_search_stops_at_the_time_limit_after_the_first_score(configs: TrialConfigs) -> None:
    queue = TrialQueue(configs, trials := {})
    first = queue.next(99.0, is_idle=True)
    assert first is not None
    trials[1] = dataclasses.replace(first, status=TrialStatus.COMPLETE, score=0.5)
    assert queue.is_empty(99.0)
    assert queue.stop_reason == "max_time"


def test_trial_is_promotable_until_its_continuation_has_a_score() -> None:
    options = ["tune.algorithm=hyperband", "training.epochs=4", "tune.max_trials=7"]
    configs = TrialConfigs(read_search_config(find_builtin_config("search_layers"), options))
    trials: dict[int, FrozenTrial] = {}
    queue = TrialQueue(configs, trials)
    while trial := queue.next(0.0, is_idle=True):
        last = trials[trial.number] = trial
        if trial.number < 7:
            scored = dataclasses.replace(trial, status=TrialStatus.COMPLETE, score=0.5)
            trials[trial.number] = scored
            queue.tell(scored)
    assert last.parent_trial is not None
    assert queue.promotable() == {last.parent_trial}
    # A failed trial may be rerun.
    for unfinished in (last.as_interrupted(), dataclasses.replace(last, status=TrialStatus.FAILED)):
        trials[7] = unfinished
        resumed = TrialQueue(configs, trials)
        assert resumed.promotable() == {last.parent_trial}
    trials[7] = dataclasses.replace(last, status=TrialStatus.COMPLETE, score=0.6)
    resumed.tell(trials[7])
    assert resumed.promotable() == set()


def test_reruns_stop_at_the_maximum_number_of_trials(configs: TrialConfigs) -> None:
    first_queue = TrialQueue(configs, trials := {})
    for _ in range(3):
        trial = first_queue.next(0.0, is_idle=True)
        assert trial is not None
        trials[trial.number] = trial.as_interrupted()
    # Of five trials, two are finished and three interrupted.
    for number in (4, 5):
        trials[number] = dataclasses.replace(
            trials[3], number=number, status=TrialStatus.COMPLETE, score=0.5
        )
    queue = TrialQueue(configs, trials)
    assert not queue.is_empty(0.0)
    first = queue.next(0.0, is_idle=True)
    assert first is not None
    assert first.number == 1
    trials[1] = first
    assert queue.next(0.0, is_idle=False) is None
    assert queue.stop_reason == "max_trials"


def failed(number: int, error: str = "Expected 3 units. Received: units={}.") -> FrozenTrial:
    return FrozenTrial(number, {}, TrialStatus.FAILED, error=error.format(number))


def test_equal_errors_stop_the_search_after_five_trials_or_twice_the_jobs() -> None:
    trials = [failed(number) for number in range(1, 9)]
    assert not all_failed_with_same_error(trials[:4], jobs=1)
    assert all_failed_with_same_error(trials[:5], jobs=1)
    assert not all_failed_with_same_error(trials[:5], jobs=4)
    assert all_failed_with_same_error(trials, jobs=4)


def test_a_score_or_a_different_error_does_not_stop_the_search() -> None:
    trials = [failed(number) for number in range(1, 5)]
    complete = FrozenTrial(5, {}, TrialStatus.COMPLETE, (0.5,), 0.5)
    assert not all_failed_with_same_error([*trials, complete], jobs=1)
    assert not all_failed_with_same_error([*trials, failed(5, "The training diverged.")], jobs=1)
