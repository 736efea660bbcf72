"""Predictions and residuals of a regression."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from numpy.typing import NDArray

from nnlab.report.plots import plot_residuals

pytestmark = pytest.mark.slow

TRUE = np.linspace(0, 1, 200)


def test_equal_numbers_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        plot_residuals(TRUE, TRUE**2, tmp_path / name, title="diabetes", unit="mg")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert imread(tmp_path / "a.png").shape[:2] == (520, 1100)


def test_other_predictions_give_another_plot(tmp_path: Path) -> None:
    plot_residuals(TRUE, TRUE**2, tmp_path / "a.png")
    plot_residuals(TRUE, TRUE, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() != (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize(
    ("true", "predicted"),
    [
        (np.ones(5), np.ones(5)),
        (np.arange(5.0), np.array([0, np.nan, np.inf, 1, 2])),
        (np.array([]), np.array([])),
        (np.ones(3), np.full(3, np.nan)),
        (np.ones((4, 1), dtype=np.float32), np.zeros((4, 1), dtype=np.float32)),
        (np.arange(100_000.0), np.arange(100_000.0)[::-1]),
    ],
)
def test_any_predictions_can_be_drawn(
    tmp_path: Path, true: NDArray[np.float64], predicted: NDArray[np.float64]
) -> None:
    plot_residuals(true, predicted, tmp_path / "residuals.png")
    assert (tmp_path / "residuals.png").stat().st_size > 1_000
