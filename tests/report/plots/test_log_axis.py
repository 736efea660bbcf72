"""Tick labels of logarithmic axes."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from nnlab.report.plots.log_axis import label_log_axis, log_ticks


@pytest.mark.parametrize(
    ("low", "high"),
    [(1e-4, 1e-1), (0.01, 1), (0.085, 0.365), (8, 128), (1e-12, 1e9), (0.42, 0.47), (99, 1001)],
)
def test_three_to_seven_ticks_are_within_the_axis(low: float, high: float) -> None:
    ticks = log_ticks(low, high)
    assert 3 <= len(ticks) <= 7
    assert (np.diff(ticks) > 0).all()
    assert low * 0.999 <= ticks[0]
    assert ticks[-1] <= high * 1.001


def test_axis_shows_the_labels() -> None:
    axes = Figure().add_subplot()
    axes.plot([1, 2, 3], [0.09, 0.2, 0.4])
    axes.set_yscale("log")
    label_log_axis(axes.yaxis)
    texts = [label.get_text() for label in axes.get_yticklabels() if label.get_text()]
    assert len(texts) >= 3
    assert not axes.get_yticklabels(minor=True)
