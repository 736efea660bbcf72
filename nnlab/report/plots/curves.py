"""The curves of a metric over the epochs: of a run, or of several runs in one plot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.report.plots.figure import (
    MUTED_COLOR,
    PALETTE,
    label_log_axis,
    legend_below,
    line_style,
    new_figure,
    save,
    save_as,
    set_integer_ticks,
    style,
)
from nnlab.report.text.formatting import format_metric

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Histories = Mapping[str, Mapping[str, Sequence[float]]]

LOG_SCALE_RATIO = 100.0
"""Values that span more than two decades get a logarithmic axis."""

MAX_MARKED_EPOCHS = 30
"""Curves with fewer epochs have markers: a single epoch would be invisible as a line."""

_COLUMNS = 2


def plot_curves(
    history: Mapping[str, Sequence[float]],
    metric: str,
    path: Path,
    *,
    best_epoch: int | None = None,
    title: str = "",
) -> None:
    """Plot a metric over the epochs, for training and, if recorded, for validation.

    A loss or an error that spans more than two decades gets a logarithmic axis. Values that are not
    finite leave gaps.

    Args:
        history: Values of shape (epochs,) by metric name, prefixed with `val_` for validation.
        metric: The metric to plot, without prefix.
        path: The PNG file to write.
        best_epoch: The epoch to mark, counted from 1. Defaults to None, which marks none.
        title: The name in front of the metric in the plot's title. Defaults to "".

    Raises:
        RunFailedError: If writing failed, such as on a full disk.
    """
    curves = {
        label: np.asarray(history[name], dtype=float)
        for label, name in (("training", metric), ("validation", f"val_{metric}"))
        if name in history
    }
    with style():
        figure = new_figure()
        axes = figure.add_subplot()
        values = np.empty(0)
        for color, (label, values) in zip(PALETTE, curves.items(), strict=False):
            marker = "o" if len(values) <= MAX_MARKED_EPOCHS else ""
            epochs = np.arange(1, len(values) + 1)
            axes.plot(epochs, values, label=label, color=color, marker=marker, markersize=4)
        # The best epoch is marked on the last curve, the one of the validation if there is one.
        if best_epoch is not None and 1 <= best_epoch <= len(values):
            best = float(values[best_epoch - 1])
            axes.axvline(best_epoch, color=MUTED_COLOR, linewidth=1, linestyle=":")
            if math.isfinite(best):
                axes.plot(
                    [best_epoch],
                    [best],
                    "D",
                    color=PALETTE[2],
                    markersize=8,
                    label=f"best epoch: {best_epoch:,} ({format_metric(best)})",
                    zorder=3,
                )
        label_epoch_axes(axes, metric, is_log=spans_decades(metric, list(curves.values())))
        axes.set_title(f"{title}: {metric}" if title else metric)
        axes.legend()
        save(figure, path)


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
        files = {path: metrics}
    else:
        files = {path / f"{metric}.png": [metric] for metric in metrics}
    for file, shown in files.items():
        with style():
            save_as(_draw_overlay(histories, shown), file)
    return list(files)


def _draw_overlay(histories: Histories, metrics: Sequence[str]) -> Figure:
    """Return a figure with a panel per metric."""
    columns = min(_COLUMNS, len(metrics))
    rows = math.ceil(len(metrics) / columns)
    figure = new_figure(10.0 if columns == 1 else 13.0, 5.0 * rows + 0.3 * len(histories))
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes, metric in zip(grid.flat, metrics, strict=False):
        validation, curves = f"val_{metric}", []
        for number, (name, history) in enumerate(histories.items()):
            for column, is_thin in ((validation, False), (metric, validation in history)):
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
        label_epoch_axes(axes, metric, is_log=spans_decades(metric, curves))
        has_both = any(validation in history for history in histories.values())
        axes.set_title(f"{metric}: validation (training: thin lines)" if has_both else metric)
    for axes in list(grid.flat)[len(metrics) :]:
        axes.set_axis_off()
    legend_below(figure)
    return figure


def label_epoch_axes(axes: Axes, metric: str, *, is_log: bool) -> None:
    """Label the axes of a metric over the epochs; call after everything that changes limits."""
    label = metric.replace("_", " ")
    if is_log:
        axes.set_yscale("log")
        label_log_axis(axes.yaxis)
        label += " (logarithmic)"
    axes.set_ylabel(label)
    axes.set_xlabel("epoch")
    set_integer_ticks(axes.xaxis)


def spans_decades(
    metric: str, curves: Sequence[NDArray[np.float64]], ratio: float = LOG_SCALE_RATIO
) -> bool:
    """Return whether a loss or an error should have a logarithmic axis.

    Args:
        metric: The metric's name.
        curves: Values of shape (epochs,), one array per curve.
        ratio: The ratio of the largest to the smallest value above which the result is True.
            Defaults to 100.
    """
    if not any(name in metric for name in ("loss", "error", "mse", "mae")):
        return False
    values = np.concatenate([curve[np.isfinite(curve)] for curve in curves] or [np.empty(0)])
    return bool(values.size and values.min() > 0 and values.max() > ratio * values.min())
