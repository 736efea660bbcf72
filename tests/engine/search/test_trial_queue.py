"""Which trials come: those that were left, then proposed ones, and why none does any more."""

from __future__ import annotations

import dataclasses

import pytest

from nnlab.config.loader import read_search_config
from nnlab.config.yaml.builtin_configs import find_builtin_config
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.engine.search.trial_queue import TrialQueue
from nnlab.runs.records.trial import FrozenTrial, TrialStatus


@pytest.fixture
def plan() -> TrialConfigs:
    """A search of three trials and ten seconds."""
    limits = ["tune.max_trials=3", "tune.max_time=10"]
    return TrialConfigs(read_search_config(find_builtin_config("search_layers"), limits))


def test_what_was_left_is_done_again_before_anything_new(plan: TrialConfigs) -> None:
    first = TrialQueue(plan, {}).next(0.0, is_idle=True)
    assert first is not None
    left = dataclasses.replace(first, status=TrialStatus.INTERRUPTED, seconds=3.0)
    trials: dict[int, FrozenTrial] = {1: left}
    queue = TrialQueue(plan, trials)
    assert not queue.is_empty(0.0)
    assert queue.next(0.0, is_idle=True) == first
    second = queue.next(0.0, is_idle=False)
    assert second is not None
    assert second.number == 2


def test_trials_end_with_as_many_as_were_asked_for(plan: TrialConfigs) -> None:
    trials: dict[int, FrozenTrial] = {}
    queue = TrialQueue(plan, trials)
    while trial := queue.next(0.0, is_idle=True):
        trials[trial.number] = trial
    assert (len(trials), queue.stop_reason) == (3, "max_trials")


def test_time_ends_the_search_but_not_before_there_is_a_score(plan: TrialConfigs) -> None:
    queue = TrialQueue(plan, trials := {})
    first = queue.next(99.0, is_idle=True)
    assert first is not None
    trials[1] = dataclasses.replace(first, status=TrialStatus.COMPLETE, score=0.5)
    assert queue.is_empty(99.0)
    assert queue.stop_reason == "max_time"


def test_weights_are_needed_until_the_last_trial_of_a_bracket_has_a_score() -> None:
    options = ["tune.algorithm=hyperband", "training.epochs=4", "tune.max_trials=7"]
    plan = TrialConfigs(read_search_config(find_builtin_config("search_layers"), options))
    trials: dict[int, FrozenTrial] = {}
    queue = TrialQueue(plan, trials)
    while trial := queue.next(0.0, is_idle=True):
        last = trials[trial.number] = trial
        if trial.number < 7:
            scored = dataclasses.replace(trial, status=TrialStatus.COMPLETE, score=0.5)
            trials[trial.number] = scored
            queue.tell(scored)
    assert last.parent_trial is not None
    assert queue.promotable() == {last.parent_trial}
    # One that failed may be done again.
    for left in (last.as_interrupted(), dataclasses.replace(last, status=TrialStatus.FAILED)):
        trials[7] = left
        resumed = TrialQueue(plan, trials)
        assert resumed.promotable() == {last.parent_trial}
    trials[7] = dataclasses.replace(last, status=TrialStatus.COMPLETE, score=0.6)
    resumed.tell(trials[7])
    assert resumed.promotable() == set()


def test_what_was_left_is_done_again_as_far_as_trials_were_asked_for(plan: TrialConfigs) -> None:
    proposed = TrialQueue(plan, trials := {})
    for _ in range(3):
        trial = proposed.next(0.0, is_idle=True)
        assert trial is not None
        trials[trial.number] = trial.as_interrupted()
    # Of five there were, two had ended before those that were left.
    for number in (4, 5):
        done = dataclasses.replace(trials[3], number=number, status=TrialStatus.COMPLETE, score=0.5)
        trials[number] = done
    queue = TrialQueue(plan, trials)
    assert not queue.is_empty(0.0)
    first = queue.next(0.0, is_idle=True)
    assert first is not None
    assert first.number == 1
    trials[1] = first
    assert queue.next(0.0, is_idle=False) is None
    assert queue.stop_reason == "max_trials"
