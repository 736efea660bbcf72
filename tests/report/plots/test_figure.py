"""The common style of all plots."""

from __future__ import annotations

import matplotlib as mpl

from nnlab.report.plots.figure import line_style, new_figure, render, style


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
