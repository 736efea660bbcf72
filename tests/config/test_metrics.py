"""What metrics mean: names of losses, the penalties of a model, the rows of a run."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.config.metrics import find_penalties, loss_name, row_selection_settings


@pytest.mark.parametrize(
    ("metric", "name"),
    [("val_loss", "loss"), ("test_digit_loss", "digit_loss"), ("accuracy", None)],
)
def test_loss_name_has_no_prefix(metric: str, name: str | None) -> None:
    assert loss_name(metric) == name


@pytest.mark.parametrize(
    ("layer", "penalties"),
    [
        (
            {"Dense": {"units": 4, "kernel_regularizer": {"L2": {"l2": 0.01}}}},
            ('["kernel_regularizer", {"L2": {"l2": 0.01}}]',),
        ),
        ({"Dense": {"units": 4, "kernel_regularizer": {"L2": {"l2": 0.0}}}}, ()),
        ({"Dense": {"units": 4, "kernel_regularizer": "L1L2"}}, ()),
        ({"Dense": {"units": 4, "kernel_regularizer": None}}, ()),
        (
            {"ActivityRegularization": {"l1": 0.1}},
            ('["ActivityRegularization", {"l1": 0.1}]',),
        ),
    ],
)
def test_penalties_without_strength_are_ignored(layer: Any, penalties: tuple[str, ...]) -> None:
    assert find_penalties({"layers": [layer, {"Dense": {"units": 1}}]}) == penalties


IRIS: dict[str, Any] = {"dataset": "iris", "test_split": 0.3}


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"test_split": 0.2, "scaling": "standard"}, ["test_split"]),
        ({"validation_split": 0.2}, ["validation_split"]),
        ({"features": ["a"]}, []),
        ({"features": ["a"], "missing": "drop"}, ["missing"]),
    ],
)
def test_settings_change_with_the_rows(changes: dict[str, Any], keys: list[str]) -> None:
    before, after = row_selection_settings(IRIS), row_selection_settings({**IRIS, **changes})
    assert [key for key in before if before[key] != after[key]] == keys


def test_validation_settings_do_not_change_test_rows() -> None:
    changed = {**IRIS, "validation_split": 0.2}
    assert row_selection_settings(changed, validation=False) == row_selection_settings(
        IRIS, validation=False
    )


def test_feature_arguments_of_data_sets_do_not_change_the_rows() -> None:
    reuters = {"dataset": {"reuters": {"num_words": 100}}}
    assert row_selection_settings(reuters) == row_selection_settings({"dataset": "reuters"})
