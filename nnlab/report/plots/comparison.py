"""The pictures of a comparison: a dot and an interval for each variant, and curves with bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from nnlab.analysis.bands import Band
from nnlab.analysis.variants import VariantRow, VariantTable
from nnlab.report.plots.curves import spans_decades
from nnlab.report.plots.figure import (
    PALETTE,
    QUIET,
    legend_below,
    line_look,
    new_figure,
    save,
    style,
)
from nnlab.report.plots.log_axis import label_logarithm
from nnlab.report.text.phrases import folded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_WAYS = {"max": "higher is better", "min": "lower is better", None: ""}
# Of a name beside the axis, and of one in the legend, characters.
_ROOM, _LONGEST = 32, 80
_DECADES = 100.0
_FEW = 30
_BELOW = 3.0


def plot_intervals(table: VariantTable, path: Path, *, title: str = "") -> None:
    """Draws the mean of each variant with its 95 % interval, and each run as a small dot.

    A variant has the colour that its curve has.

    Args:
        table: The comparison; the first variant is at the top.
        path: The file, PNG.
        title: Whose they are.

    Raises:
        RunFailedError: The disk refused.
    """
    rows = list(table.rows)
    with style():
        figure = new_figure(10.0, 1.6 + 0.5 * len(rows))
        axes = figure.add_subplot()
        base = table.row(table.baseline).mean
        if base is not None:
            label = "mean of the baseline"
            axes.axvline(base.value, color=QUIET, linewidth=1, linestyle=":", label=label)
        for height, row in enumerate(rows):
            if row.mean is None:
                axes.annotate(
                    "no complete run",
                    (0.5, height),
                    xycoords=("axes fraction", "data"),
                    ha="center",
                    va="center",
                    color=QUIET,
                )
                continue
            colour = line_look(height)["color"]
            runs = list(row.values.values())
            axes.plot(runs, [height] * len(runs), ".", color=colour, alpha=0.35, markersize=8)
            if row.mean.low is not None and row.mean.high is not None:
                axes.plot([row.mean.low, row.mean.high], [height] * 2, color=colour, linewidth=2.5)
            axes.plot([row.mean.value], [height], "o", color=colour, markersize=9)
        if _is_wide(rows):
            axes.set_xscale("log")
            label_logarithm(axes.xaxis)
        axes.set_yticks(range(len(rows)), [_label(row) for row in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.grid(visible=False, axis="y")
        way = _WAYS[table.direction]
        axes.set_xlabel(f"{table.metric}{f' ({way})' if way else ''}")
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
    """Draws a metric over the epochs: the mean over the seeds, and its 95 % interval as a band.

    Where there are more variants than colours, bands would hide the lines: they are left out.

    Args:
        bands: The band of each variant.
        metric: What it is, `val_loss`.
        path: The file, PNG.
        title: Whose they are.
        names: All variants in their order, by which each has its colour: those without a curve
            among them. Empty: those of the bands.

    Raises:
        RunFailedError: The disk refused.
    """
    with style():
        order = list(names or bands)
        has_bands = len(bands) <= len(PALETTE)
        figure = new_figure(height=6.5 + 0.2 * len(bands))
        axes = figure.add_subplot()
        means = [np.asarray(one.mean) for one in bands.values()]
        is_log = spans_decades(metric, means)
        # A logarithm has no place for what lies at or below 0, and would stretch for what is near.
        floor = np.nanmin(np.concatenate(means)) / _BELOW if is_log else -np.inf
        for name, one in bands.items():
            look = line_look(order.index(name))
            epochs = np.arange(1, len(one.mean) + 1)
            marker = "o" if len(epochs) <= _FEW else ""
            axes.plot(epochs, one.mean, label=name, marker=marker, ms=3, **look)
            if has_bands:
                low = np.maximum(one.low, floor)
                colour = look["color"]
                axes.fill_between(epochs, low, one.high, color=colour, alpha=0.15, linewidth=0)
        if not is_log:
            _limit(axes, np.concatenate(means))
        words = metric.replace("_", " ")
        if is_log:
            axes.set_yscale("log")
            label_logarithm(axes.yaxis)
            words += " (logarithmic)"
        axes.set_ylabel(words)
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
        name = f"{title}: {metric}" if title else metric
        axes.set_title(f"{name}, mean{' and 95 % interval' * has_bands}")
        legend_below(figure, longest=_LONGEST)
        save(figure, path)


def _limit(axes: Axes, means: NDArray[np.float64]) -> None:
    """Keeps bands of few seeds, which may be as wide as can be, from squeezing the curves."""
    finite = means[np.isfinite(means)]
    if not finite.size or finite.min() == finite.max():
        return
    least, most = axes.get_ylim()
    span = finite.max() - finite.min()
    axes.set_ylim(max(least, finite.min() - span), min(most, finite.max() + span))


def _label(row: VariantRow) -> str:
    """A variant's name, and how many of its runs failed."""
    name = folded(row.name, _ROOM)
    return f"{name}\n{len(row.failures)} of {row.ended} failed" if row.failures else name


def _is_wide(rows: Sequence[VariantRow]) -> bool:
    """Whether the means differ by factors: one variant would push the others to one point."""
    means = [row.mean.value for row in rows if row.mean is not None]
    ends = [row.mean.low for row in rows if row.mean is not None and row.mean.low is not None]
    return bool(means) and min([*means, *ends]) > 0 and max(means) > _DECADES * min(means)
