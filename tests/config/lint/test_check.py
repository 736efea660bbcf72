"""Tests of checks: errors, warnings and search spaces of configs."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config.lint.check import Check, check_config

BAD = Path(__file__).parents[1] / "bad"
EPOCHS = "training.epochs={Choice: [1, 2]}"


def test_a_valid_config_has_no_errors_or_warnings() -> None:
    checked = check_config(BAD / "stack.yaml")
    assert checked == Check(str(BAD / "stack.yaml"))
    assert checked.is_valid
    assert checked.remark == ""


@pytest.mark.parametrize(
    ("flags", "count"),
    [
        ([EPOCHS], "1 hyperparameter,"),
        ([EPOCHS, "seed={Int: {min_value: 1, max_value: 9}}"], "2 hyperparameters,"),
    ],
)
def test_the_remark_counts_hyperparameters(flags: list[str], count: str) -> None:
    checked = check_config(BAD / "stack.yaml", flags)
    assert checked.is_valid
    assert count in checked.remark


def test_rules_skip_values_that_the_search_varies() -> None:
    scaling = "data.scaling={Choice: [none, standard]}"
    repeat = "{Repeat: {times: {Int: {min_value: 0, max_value: 2}}, layers: [%s]}}"
    dense = "{Dense: {units: 8, activation: relu, kernel_initializer: zeros}}"
    checked = check_config(BAD / "stack.yaml", [scaling, f"model.layers.0={repeat % dense}"])
    assert [diagnostic.path for diagnostic in checked.warnings] == [
        "model.layers.0.Repeat.layers.0.Dense.kernel_initializer"
    ]


def test_an_invalid_config_gets_no_warnings() -> None:
    checked = check_config(BAD / "stack.yaml", ["data.scaling=none", "training.epochs=0"])
    assert not checked.is_valid
    assert [diagnostic.path for diagnostic in checked.errors] == ["training.epochs"]
    assert checked.warnings == ()


def test_warnings_are_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mistakes.yaml"
    path.write_text(
        f"training: {{early_stopping: {{patience: 99}}}}\nextends: {BAD}/stack.yaml\n"
        "model: {defaults: {Flatten: }}\ndata: {scaling: none}\n"
    )
    lines = [warning.location.line for warning in check_config(path).warnings if warning.location]
    assert lines == [1, 1, 3, 4]
