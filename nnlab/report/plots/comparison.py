"""The plots of a comparison: an interval per variant, and curves with bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from nnlab.analysis.variants import Band, VariantTable
from nnlab.report.plots.curves import (
    LOG_SCALE_RATIO,
    MAX_MARKED_EPOCHS,
    label_epoch_axes,
    spans_decades,
)
from nnlab.report.plots.figure import (
    MUTED_COLOR,
    PALETTE,
    label_log_axis,
    legend_below,
    line_style,
    new_figure,
    save,
    style,
)
from nnlab.report.text.formatting import wrap_name

_DIRECTION_LABELS = {"max": "higher is better", "min": "lower is better", None: ""}
_AXIS_NAME_WIDTH, _MAX_LEGEND_LENGTH = 32, 80
_BAND_FLOOR_DIVISOR = 3.0


def plot_intervals(table: VariantTable, path: Path, *, title: str = "") -> None:
    """Plot each variant's mean with its 95 % interval as PNG, and each run as a small dot.

    The first variant is at the top. Each has the same color as its curve in `plot_bands`.
    """
    rows = table.rows
    with style():
        figure = new_figure(10.0, 1.6 + 0.5 * len(rows))
        axes = figure.add_subplot()
        base = table.row(table.baseline).mean
        if base is not None:
            label = "mean of the baseline"
            axes.axvline(base.value, color=MUTED_COLOR, linewidth=1, linestyle=":", label=label)
        for height, row in enumerate(rows):
            if row.mean is None:
                axes.annotate(
                    "no complete run",
                    (0.5, height),
                    xycoords=("axes fraction", "data"),
                    ha="center",
                    va="center",
                    color=MUTED_COLOR,
                )
                continue
            color = line_style(height)["color"]
            runs = list(row.values.values())
            axes.plot(runs, [height] * len(runs), ".", color=color, alpha=0.35, markersize=8)
            if row.mean.low is not None and row.mean.high is not None:
                axes.plot([row.mean.low, row.mean.high], [height] * 2, color=color, linewidth=2.5)
            axes.plot([row.mean.value], [height], "o", color=color, markersize=9)
        means = [row.mean.value for row in rows if row.mean is not None]
        lows = [row.mean.low for row in rows if row.mean is not None and row.mean.low is not None]
        # On a linear axis, means that differ by a factor would overlap.
        if means and min(means + lows) > 0 and max(means) > LOG_SCALE_RATIO * min(means):
            axes.set_xscale("log")
            label_log_axis(axes.xaxis)
        labels = [
            wrap_name(row.name, _AXIS_NAME_WIDTH)
            + (f"\n{len(row.failures)} of {row.finished_runs} failed" if row.failures else "")
            for row in rows
        ]
        axes.set_yticks(range(len(rows)), labels)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.grid(visible=False, axis="y")
        direction = _DIRECTION_LABELS[table.direction]
        axes.set_xlabel(f"{table.metric}{f' ({direction})' if direction else ''}")
        name = f"{title}: {table.metric}" if title else table.metric
        axes.set_title(f"{name}, mean and 95 % interval")
        legend_below(figure)
        save(figure, path)


def plot_bands(
    bands: Mapping[str, Band],
    metric: str,
    path: Path,
    *,
    title: str = "",
    names: Sequence[str] = (),
) -> None:
    """Plot a metric over the epochs as PNG: the mean over the seeds, and its 95 % interval.

    With more variants than colors, the bands are left out: they would hide the lines.

    Args:
        bands: The band of each variant; its mean, low and high have the shape (epochs,).
        metric: The metric's name, such as `val_loss`.
        path: The PNG file to write.
        title: The name in front of the metric in the plot's title. Defaults to "".
        names: All variants in order, also those without a band, which decides their colors.
            Defaults to the names of the bands.

    Raises:
        RunFailedError: If writing failed, such as on a full disk.
    """
    with style():
        order = list(names or bands)
        has_bands = len(bands) <= len(PALETTE)
        figure = new_figure(height=6.5 + 0.2 * len(bands))
        axes = figure.add_subplot()
        means = [np.asarray(band.mean) for band in bands.values()]
        is_log = spans_decades(metric, means)
        # A logarithmic axis cannot show values up to 0, and values near 0 would stretch it.
        floor = np.nanmin(np.concatenate(means)) / _BAND_FLOOR_DIVISOR if is_log else -np.inf
        for name, band in bands.items():
            look = line_style(order.index(name))
            epochs = np.arange(1, len(band.mean) + 1)
            marker = "o" if len(epochs) <= MAX_MARKED_EPOCHS else ""
            axes.plot(epochs, band.mean, label=name, marker=marker, ms=3, **look)
            if has_bands:
                low = np.maximum(band.low, floor)
                color = look["color"]
                axes.fill_between(epochs, low, band.high, color=color, alpha=0.15, linewidth=0)
        finite = np.concatenate(means)
        finite = finite[np.isfinite(finite)]
        if not is_log and finite.size and finite.min() != finite.max():
            # With few seeds, bands may be very wide and would squeeze the curves: cut them off.
            bottom, top = axes.get_ylim()
            span = finite.max() - finite.min()
            axes.set_ylim(max(bottom, finite.min() - span), min(top, finite.max() + span))
        label_epoch_axes(axes, metric, is_log=is_log)
        name = f"{title}: {metric}" if title else metric
        axes.set_title(f"{name}, mean{' and 95 % interval' * has_bands}")
        legend_below(figure, max_length=_MAX_LEGEND_LENGTH)
        save(figure, path)
