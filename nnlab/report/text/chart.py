"""Curves as lines of text: a letter for each run."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from nnlab.report.text.console import is_terminal, terminal_console
from nnlab.report.text.numbers import count_text, metric_text

SEVERAL = "#"
"""Stands where several curves meet."""

_WIDTH, _HEIGHT = 60, 12
_LEAST = 8
_DECADES = 100.0
_COLOURS = ("blue", "red", "green", "magenta", "yellow", "cyan")


def curve_chart(
    title: str,
    curves: Mapping[str, Sequence[float]],
    width: int = _WIDTH,
    height: int = _HEIGHT,
    within: float = math.inf,
) -> list[str]:
    r"""Draws curves over the epochs.

    Positive values that span two decades or more get a logarithmic axis.

    Args:
        title: What the curves are.
        curves: Values [epochs] by a label of one character; not finite ones leave gaps.
        width: Characters from the first epoch to the last, where there is room for them.
        height: Lines from the least value to the greatest.
        within: Characters that a line may have.

    Returns:
        Lines; the title alone where no value is finite.

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
    is_log = low > 0 and high > _DECADES * low
    marks = [
        metric_text(_at(low, high, row / max(height - 1, 1), is_log=is_log))
        if row in (0, height // 2, height - 1)
        else ""
        for row in range(height)
    ]
    room = max(map(len, marks))
    # Beside the marks stand a blank and the axis.
    width = max(_LEAST, int(min(width, within - room - 2)))
    epochs = max(map(len, curves.values()))
    grid = [[" "] * width for _ in range(height)]
    scale = math.log if is_log else float
    span = scale(high) - scale(low) or 1.0
    for label, curve in curves.items():
        for column, value in _spread(curve, epochs, width):
            row = round((scale(high) - scale(value)) / span * (height - 1))
            grid[row][column] = label if grid[row][column] in (" ", label) else SEVERAL
    last = count_text(epochs)
    return [
        f"{title} (logarithmic)" if is_log else title,
        *(
            f"{mark:>{room}} |{''.join(line).rstrip()}"
            for mark, line in zip(marks, grid, strict=True)
        ),
        f"{'':{room}} +{'-' * width}",
        f"{'':{room}}  1{last:>{width - 1}}",
    ]


def print_chart(lines: Sequence[str], labels: str, stream: TextIO | None = None) -> None:
    """Prints a chart; in a terminal each curve has a colour.

    Args:
        lines: What `curve_chart` gave.
        labels: The characters of the curves.
        stream: Where to; None for standard output.
    """
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
        for mark in curve:
            place = labels.find(mark)
            text.append(mark, style="" if place < 0 else f"bold {_COLOURS[place % len(_COLOURS)]}")
        console.print(text)


def _spread(curve: Sequence[float], epochs: int, columns: int) -> Iterator[tuple[int, float]]:
    """The value that a curve has at each column, on the straight line between two epochs."""
    for column in range(columns):
        place = column / max(columns - 1, 1) * (epochs - 1)
        before = math.floor(place)
        if before >= len(curve):
            return
        after = min(before + 1, epochs - 1)
        share = place - before
        if share and after >= len(curve):
            return
        value = curve[before] if not share else curve[before] * (1 - share) + curve[after] * share
        if math.isfinite(value):
            yield column, value


def _at(low: float, high: float, share: float, *, is_log: bool) -> float:
    """The value at a share of the way from the top of the axis to its foot."""
    if is_log:
        return math.exp(math.log(high) + share * (math.log(low) - math.log(high)))
    return high + share * (low - high)
