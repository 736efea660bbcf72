"""The common style of all plots."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from nnlab.report.plots.figure import (
    label_log_axis,
    line_style,
    log_ticks,
    new_figure,
    render,
    style,
)


def draw() -> bytes:
    with style():
        figure = new_figure(2, 2)
        figure.add_subplot().plot([1, 2], label="cost in $")
        return render(figure)


def test_user_settings_are_ignored_and_kept() -> None:
    before = draw()
    with mpl.rc_context({"lines.linewidth": 9, "figure.facecolor": "red"}):
        assert draw() == before
        assert mpl.rcParams["lines.linewidth"] == 9


def test_missing_glyph_is_no_warning() -> None:
    with style():
        figure = new_figure(2, 2)
        figure.add_subplot().set_title("数字")
        assert render(figure)


def test_lines_beyond_the_palette_are_dashed() -> None:
    assert line_style(8) == {"color": "#0072B2", "linestyle": "--"}


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
