"""Line charts as text, with one letter per run."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from nnlab.report.text.console import is_terminal, terminal_console
from nnlab.report.text.formatting import format_count, format_metric

OVERLAP = "#"
"""The character drawn where several curves meet."""

_WIDTH, _HEIGHT = 60, 12
_MIN_WIDTH = 8
_LOG_SCALE_RATIO = 100.0
_COLORS = ("blue", "red", "green", "magenta", "yellow", "cyan")


def curve_chart(
    title: str,
    curves: Mapping[str, Sequence[float]],
    width: int = _WIDTH,
    height: int = _HEIGHT,
    max_width: float = math.inf,
) -> list[str]:
    r"""Draw curves over the epochs as lines of text.

    The axis is logarithmic if all values are positive and span more than two decades.

    Args:
        title: The name of the metric.
        curves: Values of shape (epochs,) by label, a single character. Values that are not finite
            leave gaps.
        width: The preferred number of characters from the first epoch to the last. Defaults to 60.
        height: The number of lines from the smallest value to the largest. Defaults to 12.
        max_width: The maximum number of characters in a line. Defaults to infinity.

    Returns:
        The lines; the title alone if no value is finite.

    Example:
        >>> print("\n".join(curve_chart("loss", {"A": [3, 2, 1], "B": [3, 3, 2]}, 9, 3)))
        loss
        3.0000 |###BBBB
        2.0000 |   AAA BB
        1.0000 |      AAA
               +---------
                1       3
    """
    values = [value for curve in curves.values() for value in curve if math.isfinite(value)]
    if not values:
        return [f"{title}: no finite values"]
    low, high = min(values), max(values)
    is_log = low > 0 and high > _LOG_SCALE_RATIO * low
    scale, unscale = (math.log, math.exp) if is_log else (float, float)
    labels = [""] * height
    for row in {0, height // 2, height - 1}:
        share = row / max(height - 1, 1)
        value = unscale(scale(high) + share * (scale(low) - scale(high)))
        labels[row] = format_metric(value)
    label_width = max(map(len, labels))
    # The label is followed by a space and the axis.
    width = max(_MIN_WIDTH, int(min(width, max_width - label_width - 2)))
    epochs = max(map(len, curves.values()))
    grid = [[" "] * width for _ in range(height)]
    span = scale(high) - scale(low) or 1.0
    for letter, curve in curves.items():
        for column, value in _resample(curve, epochs, width):
            row = round((scale(high) - scale(value)) / span * (height - 1))
            grid[row][column] = letter if grid[row][column] in (" ", letter) else OVERLAP
    last = format_count(epochs)
    return [
        f"{title} (logarithmic)" if is_log else title,
        *(
            f"{label:>{label_width}} |{''.join(line).rstrip()}"
            for label, line in zip(labels, grid, strict=True)
        ),
        f"{'':{label_width}} +{'-' * width}",
        f"{'':{label_width}}  1{last:>{width - 1}}",
    ]


def print_chart(lines: Sequence[str], labels: str, stream: TextIO | None = None) -> None:
    """Print the lines of `curve_chart`; in a terminal, each label has a color."""
    out = stream or sys.stdout
    if not is_terminal(out):
        out.write("\n".join(["", *lines]) + "\n")
        return
    from rich.text import Text

    console = terminal_console(out)
    console.print()
    for number, line in enumerate(lines):
        axis, bar, curve = line.partition("|")
        text = Text(axis + bar, style="" if bar or number == 0 else "dim")
        for letter in curve:
            index = labels.find(letter)
            text.append(letter, style="" if index < 0 else f"bold {_COLORS[index % len(_COLORS)]}")
        console.print(text)


def _resample(curve: Sequence[float], epochs: int, columns: int) -> Iterator[tuple[int, float]]:
    """Yield each column with the value of a curve there, interpolated between two epochs."""
    for column in range(columns):
        position = column / max(columns - 1, 1) * (epochs - 1)
        before = math.floor(position)
        if before >= len(curve):
            return
        after = min(before + 1, epochs - 1)
        share = position - before
        if share and after >= len(curve):
            return
        value = curve[before] if not share else curve[before] * (1 - share) + curve[after] * share
        if math.isfinite(value):
            yield column, value
