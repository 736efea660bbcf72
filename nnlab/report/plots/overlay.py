"""The curves of several runs in one picture: a colour for each run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from nnlab.report.plots.curves import spans_decades
from nnlab.report.plots.figure import (
    draw_into,
    legend_below,
    line_look,
    new_figure,
    style,
)
from nnlab.report.plots.log_axis import label_logarithm
from nnlab.report.text.phrases import PICTURES, check_suffix

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMNS = 2

Histories = Mapping[str, Mapping[str, Sequence[float]]]


def plot_overlay(histories: Histories, metrics: Sequence[str], path: Path) -> list[Path]:
    """Draws metrics of several runs against the epochs: one colour a run.

    Validation is drawn through, training thin where there is both. From the ninth run on colours
    come again, with dashes.

    Args:
        histories: The columns of each run's metrics.csv, lists [epochs], by the run's name.
        metrics: What to draw, without `val_`: `loss`.
        path: A file, `.png` or `.svg`, for all in one picture; else a folder, for a PNG each.

    Returns:
        The files.

    Raises:
        RequestError: A file's suffix is another, or the disk refused.
    """
    if path.suffix and not path.is_dir():
        check_suffix(path, PICTURES, "a picture")
        with style():
            draw_into(path, _figure(histories, metrics))
        return [path]
    files = [path / f"{metric}.png" for metric in metrics]
    for file, metric in zip(files, metrics, strict=True):
        with style():
            draw_into(file, _figure(histories, [metric]))
    return files


def _figure(histories: Histories, metrics: Sequence[str]) -> Figure:
    columns = min(_COLUMNS, len(metrics))
    rows = math.ceil(len(metrics) / columns)
    figure = new_figure(10.0 if columns == 1 else 13.0, 5.0 * rows + 0.3 * len(histories))
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes, metric in zip(grid.flat, metrics, strict=False):
        _draw(axes, metric, histories)
    for axes in list(grid.flat)[len(metrics) :]:
        axes.set_axis_off()
    legend_below(figure)
    return figure


def _draw(axes: Axes, metric: str, histories: Histories) -> None:
    drawn = []
    for number, (name, history) in enumerate(histories.items()):
        has_validation = f"val_{metric}" in history
        for column, is_thin in ((f"val_{metric}", False), (metric, has_validation)):
            if column not in history:
                continue
            values = np.asarray(history[column], dtype=float)
            drawn.append(values)
            axes.plot(
                np.arange(1, len(values) + 1),
                values,
                label=None if is_thin else name,
                **line_look(number),
                linewidth=0.9 if is_thin else 2.0,
                alpha=0.6 if is_thin else 1.0,
                marker="o" if len(values) == 1 else "",
            )
    words = metric.replace("_", " ")
    if spans_decades(metric, drawn):
        axes.set_yscale("log")
        label_logarithm(axes.yaxis)
        words += " (logarithmic)"
    has_both = any(f"val_{metric}" in history for history in histories.values())
    axes.set_title(f"{metric}: validation, and training thin" if has_both else metric)
    axes.set_ylabel(words)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
