"""Line charts as text."""

from __future__ import annotations

import io
import math

import pytest

from nnlab.report.text.chart import OVERLAP, curve_chart, print_chart
from tests.report.conftest import Terminal


def test_each_curve_is_drawn_with_its_letter() -> None:
    lines = curve_chart("loss", {"A": [3.0, 2.0, 1.0], "B": [1.0, 1.0, 1.0]}, 9, 3)
    assert lines[1].endswith("|AAA")
    assert lines[3].rstrip().endswith("|BBBBBB###")
    assert OVERLAP in lines[3]


def test_axis_is_logarithmic_if_values_span_decades() -> None:
    lines = curve_chart("loss", {"A": [1000.0, 1.0, 0.001]}, 9, 5)
    assert lines[0] == "loss (logarithmic)"
    assert "1.0000 |" in lines[3]


def test_values_that_are_not_finite_leave_gaps() -> None:
    lines = curve_chart("loss", {"A": [1.0, math.nan, math.inf]}, 9, 3)
    assert "".join(lines[1:4]).count("A") == 1
    assert curve_chart("loss", {"A": [math.nan]}) == ["loss: no finite values"]


def test_shorter_curve_ends_early() -> None:
    lines = curve_chart("loss", {"A": [1.0, 1.0], "B": [2.0] * 4}, 10, 2)
    assert lines[1].endswith("|BBBBBBBBBB")
    assert lines[2].endswith("|AAAA")


def test_thousands_of_epochs_fit_the_width() -> None:
    lines = curve_chart("loss", {"A": [float(i) for i in range(3500)]}, 60, 12)
    assert max(map(len, lines)) <= 60 + 12
    assert lines[-1].endswith("3,500")


@pytest.mark.parametrize("max_width", [40, 60, 200])
def test_lines_fit_the_terminal(max_width: int) -> None:
    lines = curve_chart("loss", {"A": [123.0, 122.0], "B": [120.0, 121.0]}, max_width=max_width)
    assert max(map(len, lines)) == min(max_width, 60 + len("123.00 |"))


def test_pipe_gets_no_colors() -> None:
    out = io.StringIO()
    print_chart(curve_chart("loss", {"A": [2.0, 1.0]}), "A", out)
    assert "\x1b" not in out.getvalue()


def test_terminal_gets_a_color_per_curve(terminal: Terminal) -> None:
    print_chart(curve_chart("loss", {"A": [2.0, 1.0], "B": [1.0, 2.0]}), "AB", terminal.stream)
    text = terminal.close()
    assert "\x1b[1;34mA" in text
    assert "\x1b[1;31mB" in text
