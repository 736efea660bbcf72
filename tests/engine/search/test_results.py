"""Why a search has no results."""

from __future__ import annotations

from nnlab.engine.search.results import describe_failure, no_result_reason, same_error_reason
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

ERROR = "Expected 3 units. Received: units={}. Write 3."


def failed(number: int, error: str = ERROR) -> FrozenTrial:
    return FrozenTrial(number, {}, TrialStatus.FAILED, error=error.format(number))


def test_reason_includes_the_error_of_the_first_trial_and_its_hint() -> None:
    reason = same_error_reason([failed(number) for number in (2, 1, 3, 4, 5)])
    assert "5 trials" in reason
    assert reason.endswith("Trial 1: Expected 3 units. Received: units=1. Write 3.")


def test_reason_without_a_score_is_the_most_common_error() -> None:
    trials = [failed(1, "The training diverged."), failed(2), failed(3)]
    reason = no_result_reason(trials)
    assert "2 of 3" in reason
    assert "Trial 2: Expected 3 units." in reason
    assert no_result_reason([]) == "No trial completed."


def test_hint_does_not_set_a_hyperparameter() -> None:
    error = "The loss is not a number. Lower the rate: --set training.rate=0.1"
    description = describe_failure(FrozenTrial(6, {"training.rate": 1e9}, error=error))
    assert description.startswith("Trial 6: The loss is not a number.")
    assert "training.rate" in description
    assert "--set" not in description
