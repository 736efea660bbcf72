"""The curve of a metric over the epochs, for training and validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.report.plots.figure import (
    MUTED_COLOR,
    PALETTE,
    new_figure,
    save,
    set_integer_ticks,
    style,
)
from nnlab.report.plots.log_axis import label_log_axis
from nnlab.report.text.numbers import format_metric

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

LOG_SCALE_RATIO = 100.0
"""Values that span more than two decades get a logarithmic axis."""

MAX_MARKED_EPOCHS = 30
"""Curves with fewer epochs have markers: a single epoch would be invisible as a line."""


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
        for color, (label, values) in zip(PALETTE, curves.items(), strict=False):
            marker = "o" if len(values) <= MAX_MARKED_EPOCHS else ""
            epochs = np.arange(1, len(values) + 1)
            axes.plot(epochs, values, label=label, color=color, marker=marker, markersize=4)
        if best_epoch is not None and curves:
            _mark_best(axes, list(curves.values())[-1], best_epoch)
        label = metric.replace("_", " ")
        if spans_decades(metric, list(curves.values())):
            axes.set_yscale("log")
            label_log_axis(axes.yaxis)
            label += " (logarithmic)"
        axes.set_ylabel(label)
        axes.set_xlabel("epoch")
        set_integer_ticks(axes.xaxis)
        axes.set_title(f"{title}: {metric}" if title else metric)
        axes.legend()
        save(figure, path)


def _mark_best(axes: Axes, values: NDArray[np.float64], epoch: int) -> None:
    """Mark the best epoch on a curve of shape (epochs,)."""
    if not 1 <= epoch <= len(values):
        return
    value = values[epoch - 1]
    axes.axvline(epoch, color=MUTED_COLOR, linewidth=1, linestyle=":")
    if np.isfinite(value):
        label = f"best epoch: {epoch:,} ({format_metric(float(value))})"
        axes.plot([epoch], [value], "D", color=PALETTE[2], markersize=8, label=label, zorder=3)


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
