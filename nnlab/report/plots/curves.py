"""How a metric went, epoch by epoch, on the training and on the validation rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from nnlab.report.plots.figure import PALETTE, QUIET, new_figure, save, style
from nnlab.report.plots.log_axis import label_logarithm
from nnlab.report.text.numbers import metric_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_DECADES = 100.0
_FEW = 30


def plot_curves(
    history: Mapping[str, Sequence[float]],
    metric: str,
    path: Path,
    *,
    best_epoch: int | None = None,
    title: str = "",
) -> None:
    """Draws a metric against the epochs, for the parts of the data that have it.

    A loss or an error that spans two decades or more gets a logarithmic axis. Values that are not
    finite leave gaps.

    Args:
        history: A list [epochs] of values by name, `val_` before a name for the validation rows.
        metric: What to draw, `loss`.
        path: The file, PNG.
        best_epoch: The epoch, from 1, whose weights the run reports on; None marks none.
        title: Whose curves they are.

    Raises:
        RunFailedError: The disk refused.
    """
    curves = {
        label: np.asarray(history[name], dtype=float)
        for label, name in (("training", metric), ("validation", f"val_{metric}"))
        if name in history
    }
    with style():
        figure = new_figure()
        axes = figure.add_subplot()
        for colour, (label, values) in zip(PALETTE, curves.items(), strict=False):
            # A few epochs are points to look at, and one alone would be no line at all.
            marker = "o" if len(values) <= _FEW else ""
            epochs = np.arange(1, len(values) + 1)
            axes.plot(epochs, values, label=label, color=colour, marker=marker, markersize=4)
        if best_epoch is not None and curves:
            _mark_best(axes, list(curves.values())[-1], best_epoch)
        words = metric.replace("_", " ")
        if spans_decades(metric, list(curves.values())):
            axes.set_yscale("log")
            label_logarithm(axes.yaxis)
            words += " (logarithmic)"
        axes.set_ylabel(words)
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
        axes.set_title(f"{title}: {metric}" if title else metric)
        axes.legend()
        save(figure, path)


def _mark_best(axes: Axes, values: NDArray[np.float64], epoch: int) -> None:
    """Marks the best epoch on the curve that chose it."""
    if not 1 <= epoch <= len(values):
        return
    value = values[epoch - 1]
    axes.axvline(epoch, color=QUIET, linewidth=1, linestyle=":")
    if np.isfinite(value):
        label = f"best epoch: {epoch:,} ({metric_text(float(value))})"
        axes.plot([epoch], [value], "D", color=PALETTE[2], markersize=8, label=label, zorder=3)


def spans_decades(
    metric: str, curves: Sequence[NDArray[np.float64]], ratio: float = _DECADES
) -> bool:
    """Whether the values of a loss or an error differ by factors rather than by amounts.

    Args:
        metric: The metric's name.
        curves: Its values [epochs], a curve each.
        ratio: How many times the least the largest must be; two decades.
    """
    if not any(word in metric for word in ("loss", "error", "mse", "mae")):
        return False
    values = np.concatenate([curve[np.isfinite(curve)] for curve in curves] or [np.empty(0)])
    return bool(values.size and values.min() > 0 and values.max() > ratio * values.min())
