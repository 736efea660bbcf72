"""A search gives up where its first trials fail for one reason, and only there."""

from __future__ import annotations

from nnlab.engine.search.failures import all_failed_with_same_error, giving_up
from nnlab.runs.records.trial import FrozenTrial, TrialStatus


def failed(
    number: int, error: str = "Expected 3 units. Received: units={}. Write 3."
) -> FrozenTrial:
    return FrozenTrial(number, {}, TrialStatus.FAILED, error=error.format(number))


def test_five_alike_are_enough_or_twice_as_many_as_are_at_work() -> None:
    several = [failed(number) for number in range(1, 9)]
    assert not all_failed_with_same_error(several[:4], jobs=1)
    assert all_failed_with_same_error(several[:5], jobs=1)
    assert not all_failed_with_same_error(several[:5], jobs=4)
    assert all_failed_with_same_error(several, jobs=4)


def test_a_score_or_another_reason_is_hope() -> None:
    several = [failed(number) for number in range(1, 5)]
    scored = FrozenTrial(5, {}, TrialStatus.COMPLETE, (0.5,), 0.5)
    assert not all_failed_with_same_error([*several, scored], jobs=1)
    assert not all_failed_with_same_error([*several, failed(5, "The training diverged.")], jobs=1)


def test_giving_up_has_the_words_of_the_first_trial_with_its_remedy() -> None:
    words = giving_up([failed(number) for number in (2, 1, 3, 4, 5)])
    assert words.startswith("5 trials in a row failed alike")
    assert words.endswith("Trial 1: Expected 3 units. Received: units=1. Write 3.")
