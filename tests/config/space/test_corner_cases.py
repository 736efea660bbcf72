"""Tests of corner cases: an error that only some values cause names the value."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config.lint.check import check_config

STACK = Path(__file__).parents[1] / "bad" / "stack.yaml"
OBJECTIVE = "tune.objective=val_accuracy"
MAE, ACCURACY = "[mae]", "[accuracy]"


def message(*flags: str, path: str = "tune.objective") -> str:
    errors = check_config(STACK, flags).errors
    (found,) = (error.message for error in errors if error.path == path)
    return found


@pytest.fixture
def unconditional() -> str:
    """Return the message if no marker causes the error."""
    return message("training.metrics=[mae]", OBJECTIVE)


@pytest.mark.parametrize("options", [f"{MAE}, {ACCURACY}", f"{ACCURACY}, {MAE}"])
def test_an_error_of_one_option_names_the_option(options: str, unconditional: str) -> None:
    found = message(f"training.metrics={{Choice: [{options}]}}", OBJECTIVE)
    assert found == f"{unconditional} This occurs if `training.metrics` is `[mae]`."


def test_an_error_of_all_options_names_none(unconditional: str) -> None:
    assert message("training.metrics={Choice: [[mae], [mse]]}", OBJECTIVE) == unconditional


def test_an_unrelated_marker_is_not_named(unconditional: str) -> None:
    flags = ("training.metrics=[mae]", "training.batch_size={Choice: [8, 16]}", OBJECTIVE)
    assert message(*flags) == unconditional


def test_an_invalid_option_does_not_hide_other_errors(unconditional: str) -> None:
    # With the invalid loss, the names of the metrics are unknown.
    flags = ("training.metrics=[mae]", "training.loss={Choice: [mse, mseee]}", OBJECTIVE)
    assert message(*flags) == unconditional


def test_an_error_inside_an_option_does_not_name_the_option() -> None:
    found = message("training.optimizer={Choice: [adam, sdg]}", path="training.optimizer.Choice.1")
    assert found.endswith("Received: `sdg`.")
