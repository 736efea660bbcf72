"""The curves of several runs in one plot, one color per run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.report.output_file import IMAGE_SUFFIXES, check_suffix
from nnlab.report.plots.curves import spans_decades
from nnlab.report.plots.figure import (
    legend_below,
    line_style,
    new_figure,
    save_as,
    set_integer_ticks,
    style,
)
from nnlab.report.plots.log_axis import label_log_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMNS = 2

Histories = Mapping[str, Mapping[str, Sequence[float]]]


def plot_overlay(histories: Histories, metrics: Sequence[str], path: Path) -> list[Path]:
    """Plot metrics of several runs over the epochs, one color per run.

    Training curves are thin if there are validation curves, too. From the ninth run on, colors are
    reused with dashes.

    Args:
        histories: Values of shape (epochs,) by column of metrics.csv, by the run's name.
        metrics: The metrics to plot, without `val_`.
        path: A `.png` or `.svg` file for all metrics, or a folder for a PNG per metric.

    Returns:
        The files written.

    Raises:
        RequestError: If the suffix is not supported or the file is not writable.
    """
    if path.suffix and not path.is_dir():
        check_suffix(path, IMAGE_SUFFIXES)
        with style():
            save_as(_draw_figure(histories, metrics), path)
        return [path]
    files = [path / f"{metric}.png" for metric in metrics]
    for file, metric in zip(files, metrics, strict=True):
        with style():
            save_as(_draw_figure(histories, [metric]), file)
    return files


def _draw_figure(histories: Histories, metrics: Sequence[str]) -> Figure:
    """Return a figure with a panel per metric."""
    columns = min(_COLUMNS, len(metrics))
    rows = math.ceil(len(metrics) / columns)
    figure = new_figure(10.0 if columns == 1 else 13.0, 5.0 * rows + 0.3 * len(histories))
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes, metric in zip(grid.flat, metrics, strict=False):
        _draw_panel(axes, metric, histories)
    for axes in list(grid.flat)[len(metrics) :]:
        axes.set_axis_off()
    legend_below(figure)
    return figure


def _draw_panel(axes: Axes, metric: str, histories: Histories) -> None:
    curves = []
    for number, (name, history) in enumerate(histories.items()):
        has_validation = f"val_{metric}" in history
        for column, is_thin in ((f"val_{metric}", False), (metric, has_validation)):
            if column not in history:
                continue
            values = np.asarray(history[column], dtype=float)
            curves.append(values)
            axes.plot(
                np.arange(1, len(values) + 1),
                values,
                label=None if is_thin else name,
                **line_style(number),
                linewidth=0.9 if is_thin else 2.0,
                alpha=0.6 if is_thin else 1.0,
                marker="o" if len(values) == 1 else "",
            )
    label = metric.replace("_", " ")
    if spans_decades(metric, curves):
        axes.set_yscale("log")
        label_log_axis(axes.yaxis)
        label += " (logarithmic)"
    has_both = any(f"val_{metric}" in history for history in histories.values())
    axes.set_title(f"{metric}: validation (training: thin lines)" if has_both else metric)
    axes.set_ylabel(label)
    axes.set_xlabel("epoch")
    set_integer_ticks(axes.xaxis)
