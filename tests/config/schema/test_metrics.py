"""What a run will report, known before it starts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.metrics import default_metric, has_test_rows, reported_metrics
from tests.config.conftest import Make


def test_figures_are_those_of_all_parts_without_the_learning_rate(stack: Make) -> None:
    parts = ["", "val_", "test_"]
    expected = [f"{part}{name}" for part in parts for name in ("loss", "accuracy")]
    assert reported_metrics(stack()) == expected


@pytest.mark.parametrize(
    ("changes", "figure"),
    [
        ((), "test_accuracy"),
        (("data.test_split=null",), "val_accuracy"),
        (("data.test_split=null", "data.validation_split=null"), "accuracy"),
        (("training.metrics=[]",), "test_loss"),
    ],
)
def test_the_default_is_the_first_metric_on_the_rows_least_known(
    stack: Make, changes: tuple[str, ...], figure: str
) -> None:
    assert default_metric(stack(*changes)) == figure


def test_arrays_may_bring_their_own_test_rows(tmp_path: Path) -> None:
    rows = np.zeros((4, 2))
    np.savez(tmp_path / "with.npz", x_train=rows, x_test=rows)
    np.savez(tmp_path / "without.npz", x=rows)
    assert has_test_rows(DataConfig(file=str(tmp_path / "with.npz")))
    assert not has_test_rows(DataConfig(file=str(tmp_path / "without.npz")))
    assert not has_test_rows(DataConfig(file=str(tmp_path / "nowhere.npz")))
