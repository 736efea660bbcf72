"""Checks: what a check tells of a config, and of one that leaves values open."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config.lint.check import Check, check_config

BAD = Path(__file__).parents[1] / "bad"
OPEN = "training.epochs={Choice: [1, 2]}"


def test_a_sound_config_has_nothing_to_tell() -> None:
    checked = check_config(BAD / "stack.yaml")
    assert checked == Check(str(BAD / "stack.yaml"))
    assert checked.is_valid
    assert checked.remark == ""


@pytest.mark.parametrize(
    ("flags", "count"),
    [
        ([OPEN], "1 hyperparameter,"),
        ([OPEN, "seed={Int: {min_value: 1, max_value: 9}}"], "2 hyperparameters,"),
    ],
)
def test_hyperparameters_are_counted_and_remarked_on(flags: list[str], count: str) -> None:
    checked = check_config(BAD / "stack.yaml", flags)
    assert checked.is_valid
    assert count in checked.remark


def test_of_an_open_value_the_first_is_not_warned_of_but_what_stands_beside_it_is() -> None:
    scaling = "data.scaling={Choice: [none, standard]}"
    repeat = "{Repeat: {times: {Int: {min_value: 0, max_value: 2}}, layers: [%s]}}"
    dense = "{Dense: {units: 8, activation: relu, kernel_initializer: zeros}}"
    checked = check_config(BAD / "stack.yaml", [scaling, f"model.layers.0={repeat % dense}"])
    assert [diagnostic.path for diagnostic in checked.advice] == [
        "model.layers.0.Repeat.layers.0.Dense.kernel_initializer"
    ]


def test_a_config_with_faults_gets_no_advice() -> None:
    checked = check_config(BAD / "stack.yaml", ["data.scaling=none", "training.epochs=0"])
    assert not checked.is_valid
    assert [diagnostic.path for diagnostic in checked.diagnostics] == ["training.epochs"]
    assert checked.advice == ()


def test_advice_comes_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "unwise.yaml"
    path.write_text(
        f"training: {{early_stopping: {{patience: 99}}}}\nextends: {BAD}/stack.yaml\n"
        "model: {defaults: {Flatten: }}\ndata: {scaling: none}\n"
    )
    lines = [warning.location.line for warning in check_config(path).advice if warning.location]
    assert lines == [1, 1, 3, 4]
