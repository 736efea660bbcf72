"""Names of losses, and the penalties of a model."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.config.schema.losses import find_penalties, loss_name


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
