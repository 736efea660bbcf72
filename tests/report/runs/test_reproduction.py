"""The tables and the verdict of a reproduction."""

from __future__ import annotations

import dataclasses

from nnlab.analysis.differences import Difference
from nnlab.analysis.equality import Equality, MetricDifference
from nnlab.report.runs.reproduction import equality_tables, reproduction_verdict

EQUAL = Equality(12, None, 4, (), True, 0.0, ())


def lines_of(equality: Equality) -> str:
    tables = equality_tables(equality, "first", "first-again")
    return "\n".join(line for table in tables for line in table.lines())


def test_equal_reproduction_has_one_table() -> None:
    assert reproduction_verdict(EQUAL) == "Bitwise equal."
    assert "metrics.csv    equal in 12 epochs" in lines_of(EQUAL)
    assert "Environment" not in lines_of(EQUAL)


def test_all_digits_of_the_first_difference_are_shown() -> None:
    first = MetricDifference("val_loss", 0.1, 0.10000000000000002, 3)
    different = dataclasses.replace(
        EQUAL, first_difference=first, weights_equal=False, largest_weight_difference=1e-7
    )
    shown = lines_of(different)
    assert reproduction_verdict(different) == "Not equal."
    assert "different from epoch 3 on" in shown
    assert "different by up to 1e-07" in shown
    row = next(line for line in shown.splitlines() if line.startswith("val_loss, epoch 3"))
    assert row.split()[3:] == ["0.1", "0.10000000000000002", "1.4e-17"]
    assert "No recorded setting differs" in shown


def test_environment_differences_are_listed() -> None:
    engine = Difference("engine", ("keras", "compiled"))
    different = dataclasses.replace(
        EQUAL, metric_differences=(MetricDifference("loss", 1.0, None),), environment=(engine,)
    )
    shown = lines_of(different)
    assert ["engine", "keras", "compiled"] in [line.split() for line in shown.splitlines()]
    assert "No recorded setting differs" not in shown


def test_values_that_were_not_compared_are_not_called_equal() -> None:
    nothing = Equality(0, None, 0, (), None, None, (), weights_skipped="first has no model.keras")
    assert reproduction_verdict(nothing).startswith("Nothing to compare")
    for line in (
        "metrics.csv    not compared: no epochs",
        "final metrics  not compared",
        "weights        not compared: first has no model.keras",
    ):
        assert line in lines_of(nothing)


def test_verdict_names_what_was_not_compared() -> None:
    different = dataclasses.replace(
        EQUAL, weights_equal=None, weights_skipped="first has no model.keras"
    )
    verdict = reproduction_verdict(different)
    assert verdict.startswith("Bitwise equal as far as compared")
    assert verdict.endswith("weights not compared: first has no model.keras.")


def test_missing_metrics_are_reported() -> None:
    reason = "first has no metrics.csv"
    different = dataclasses.replace(EQUAL, epochs=0, epochs_skipped=reason)
    assert f"metrics.csv    not compared: {reason}" in lines_of(different)
    assert reproduction_verdict(different).endswith(f"metrics.csv not compared: {reason}.")


def test_numbers_of_epochs_are_integers() -> None:
    different = dataclasses.replace(EQUAL, first_difference=MetricDifference("epochs", 150, 30))
    rows = [line.split() for line in lines_of(different).splitlines()]
    assert ["epochs", "150", "30", "-120"] in rows


def test_errors_of_failed_runs_are_compared() -> None:
    reason = "diverged at epoch 1: the loss is no longer a finite number. Lower the rate."
    failed = Equality(0, None, 0, (), None, None, (), (), "both", (reason, reason))
    message = "diverged at epoch 1: the loss is no longer a finite number"
    assert reproduction_verdict(failed) == f"Both runs failed with the same error: {message}."
    assert f"failure        same: {message}" in lines_of(failed)
    partly = dataclasses.replace(failed, epochs=2)
    assert reproduction_verdict(partly).endswith(
        f"{message}. The 2 epochs before it are bitwise equal."
    )
    other = dataclasses.replace(failed, failures=(reason, None))
    assert reproduction_verdict(other) == "Not equal."
    assert f"original: {message}; reproduced: none" in lines_of(other)
