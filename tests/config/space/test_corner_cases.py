"""Faults that only some values make are told with the value; nothing else is blamed on one."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config.lint.check import check_config

STACK = Path(__file__).parents[1] / "bad" / "stack.yaml"
MESSAGE = "No metric will be called `val_accuracy`."
OBJECTIVE = "tune.objective=val_accuracy"
MAE, ACCURACY = "[mae]", "[accuracy]"


def message(*flags: str, path: str = "tune.objective") -> str:
    (text,) = (one.message for one in check_config(STACK, flags).diagnostics if one.path == path)
    return text


@pytest.mark.parametrize("options", [f"{MAE}, {ACCURACY}", f"{ACCURACY}, {MAE}"])
def test_a_name_that_one_option_lacks_is_told_with_the_option(options: str) -> None:
    told = message(f"training.metrics={{Choice: [{options}]}}", OBJECTIVE)
    assert told == f"{MESSAGE} This is so where `training.metrics` is `[mae]`."


def test_a_name_that_every_option_lacks_is_told_alone() -> None:
    assert message("training.metrics={Choice: [[mae], [mse]]}", OBJECTIVE) == MESSAGE


def test_a_marker_elsewhere_is_not_blamed() -> None:
    flags = ("training.metrics=[mae]", "training.batch_size={Choice: [8, 16]}", OBJECTIVE)
    assert message(*flags) == MESSAGE


def test_a_value_that_is_wrong_itself_hides_nothing() -> None:
    # Without a training section that can be read nobody could tell which metrics there will be.
    flags = ("training.metrics=[mae]", "training.loss={Choice: [mse, mseee]}", OBJECTIVE)
    assert message(*flags) == MESSAGE


def test_a_wrong_option_is_told_without_saying_that_it_is_the_option() -> None:
    told = message("training.optimizer={Choice: [adam, sdg]}", path="training.optimizer.Choice.1")
    assert told == "Expected an optimizer. Received: `sdg`."
