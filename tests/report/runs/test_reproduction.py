"""Whether a run was repeated to the bit, in words."""

from __future__ import annotations

import dataclasses

from nnlab.analysis.differences import Difference
from nnlab.analysis.equality import Equality, Figure
from nnlab.report.runs.reproduction import equality_tables, verdict

EQUAL = Equality(12, None, 4, (), True, 0.0, ())


def text(equality: Equality) -> str:
    tables = equality_tables(equality, "first", "first-again")
    return "\n".join(line for table in tables for line in table.lines())


def test_an_equal_repetition_is_told_in_one_table() -> None:
    assert verdict(EQUAL) == "Equal to the bit."
    assert "metrics.csv    equal in 12 epochs" in text(EQUAL)
    assert "Environment" not in text(EQUAL)


def test_all_digits_of_the_first_difference_are_shown() -> None:
    first = Figure("val_loss", 0.1, 0.10000000000000002, 3)
    found = dataclasses.replace(EQUAL, first=first, weights=False, largest=1e-7)
    shown = text(found)
    assert verdict(found) == "Not equal."
    assert "differ from epoch 3 on" in shown
    assert "differ by up to 1e-07" in shown
    assert "val_loss, epoch 3   0.1  0.10000000000000002     1.4e-17" in shown
    assert "Nothing that a run records differs" in shown


def test_the_environment_is_told_where_it_differs() -> None:
    engine = Difference("engine", ("keras", "compiled"))
    found = dataclasses.replace(EQUAL, final=(Figure("loss", 1.0, None),), environment=(engine,))
    shown = text(found)
    assert "engine  keras  compiled" in shown
    assert "Nothing that a run records differs" not in shown


def test_what_was_not_compared_is_not_called_equal() -> None:
    nothing = Equality(0, None, 0, (), None, None, (), left_out="first keeps no model.keras")
    assert verdict(nothing).startswith("Nothing to compare")
    for line in (
        "metrics.csv    not compared: no epoch",
        "final metrics  not compared",
        "weights        not compared: first keeps no model.keras",
    ):
        assert line in text(nothing)


def test_the_verdict_claims_no_more_than_was_compared() -> None:
    found = dataclasses.replace(EQUAL, weights=None, left_out="first keeps no model.keras")
    assert verdict(found) == (
        "What could be compared is equal to the bit; "
        "the weights were not compared: first keeps no model.keras."
    )


def test_missing_metrics_are_told_as_missing_weights_are() -> None:
    reason = "first keeps no metrics.csv"
    found = dataclasses.replace(EQUAL, epochs=0, epochs_left_out=reason)
    assert f"metrics.csv    not compared: {reason}" in text(found)
    assert verdict(found) == (
        f"What could be compared is equal to the bit; metrics.csv was not compared: {reason}."
    )


def test_epochs_are_counted_in_whole_numbers() -> None:
    found = dataclasses.replace(EQUAL, first=Figure("epochs", 150, 30))
    assert "epochs   150   30        -120" in text(found)


def test_runs_that_failed_alike_are_said_to() -> None:
    reason = "diverged at epoch 1: the loss is no longer a finite number. Lower the rate."
    failed = Equality(0, None, 0, (), None, None, (), (), "both", (reason, reason))
    told = "diverged at epoch 1: the loss is no longer a finite number"
    assert verdict(failed) == f"Both failed alike: {told}."
    assert f"failure        alike: {told}" in text(failed)
    partly = dataclasses.replace(failed, epochs=2)
    assert verdict(partly).endswith(f"{told}. Equal to the bit in 2 epochs before that.")
    other = dataclasses.replace(failed, failures=(reason, None))
    assert verdict(other) == "Not equal."
    assert f"then: {told}; now: none" in text(other)
