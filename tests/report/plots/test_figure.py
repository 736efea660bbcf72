"""One look, whatever the user's settings."""

from __future__ import annotations

import matplotlib as mpl

from nnlab.report.plots.figure import new_figure, picture, style


def drawn() -> bytes:
    """A small picture."""
    with style():
        figure = new_figure(2, 2)
        figure.add_subplot().plot([1, 2], label="cost in $")
        return picture(figure)


def test_the_users_settings_neither_matter_nor_change() -> None:
    before = drawn()
    with mpl.rc_context({"lines.linewidth": 9, "figure.facecolor": "red"}):
        assert drawn() == before
        assert mpl.rcParams["lines.linewidth"] == 9


def test_a_letter_that_the_font_lacks_is_no_warning() -> None:
    with style():
        figure = new_figure(2, 2)
        figure.add_subplot().set_title("数字")
        assert picture(figure)
