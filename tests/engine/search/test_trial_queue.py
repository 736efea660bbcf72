"""Which trials come: those that were left, then proposed ones, and why none does any more."""

from __future__ import annotations

import dataclasses

import pytest

from nnlab.config.loader import read_search
from nnlab.config.yaml.builtin_configs import find_shipped
from nnlab.engine.search.trial_configs import Plan
from nnlab.engine.search.trial_queue import TrialQueue
from nnlab.runs.records.trial import TrialRecord, TrialStatus


@pytest.fixture
def plan() -> Plan:
    """A search of three trials and ten seconds."""
    limits = ["tune.max_trials=3", "tune.max_time=10"]
    return Plan(read_search(find_shipped("search_layers"), limits))


def test_what_was_left_is_done_again_before_anything_new(plan: Plan) -> None:
    first = TrialQueue(plan, {}).next(0.0, is_idle=True)
    assert first is not None
    left = dataclasses.replace(first, status=TrialStatus.INTERRUPTED, seconds=3.0)
    trials: dict[int, TrialRecord] = {1: left}
    queue = TrialQueue(plan, trials)
    assert not queue.is_empty(0.0)
    assert queue.next(0.0, is_idle=True) == first
    second = queue.next(0.0, is_idle=False)
    assert second is not None
    assert second.number == 2


def test_trials_end_with_as_many_as_were_asked_for(plan: Plan) -> None:
    trials: dict[int, TrialRecord] = {}
    queue = TrialQueue(plan, trials)
    while trial := queue.next(0.0, is_idle=True):
        trials[trial.number] = trial
    assert (len(trials), queue.ended_by) == (3, "max_trials")


def test_time_ends_the_search_but_not_before_there_is_a_score(plan: Plan) -> None:
    queue = TrialQueue(plan, trials := {})
    first = queue.next(99.0, is_idle=True)
    assert first is not None
    trials[1] = dataclasses.replace(first, status=TrialStatus.COMPLETE, score=0.5)
    assert queue.is_empty(99.0)
    assert queue.ended_by == "max_time"


def test_weights_are_needed_until_the_last_trial_of_a_bracket_has_a_score() -> None:
    options = ["tune.algorithm=hyperband", "training.epochs=4", "tune.max_trials=7"]
    plan = Plan(read_search(find_shipped("search_layers"), options))
    trials: dict[int, TrialRecord] = {}
    queue = TrialQueue(plan, trials)
    while trial := queue.next(0.0, is_idle=True):
        last = trials[trial.number] = trial
        if trial.number < 7:
            scored = dataclasses.replace(trial, status=TrialStatus.COMPLETE, score=0.5)
            trials[trial.number] = scored
            queue.learn(scored)
    assert last.goes_on_from is not None
    assert queue.waited_for() == {last.goes_on_from}
    # One that failed may be done again.
    for left in (last.as_left(), dataclasses.replace(last, status=TrialStatus.FAILED)):
        trials[7] = left
        resumed = TrialQueue(plan, trials)
        assert resumed.waited_for() == {last.goes_on_from}
    trials[7] = dataclasses.replace(last, status=TrialStatus.COMPLETE, score=0.6)
    resumed.learn(trials[7])
    assert resumed.waited_for() == set()


def test_what_was_left_is_done_again_as_far_as_trials_were_asked_for(plan: Plan) -> None:
    proposed = TrialQueue(plan, trials := {})
    for _ in range(3):
        trial = proposed.next(0.0, is_idle=True)
        assert trial is not None
        trials[trial.number] = trial.as_left()
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
    assert queue.ended_by == "max_trials"
