"""The pictures of a comparison: a dot and an interval for each variant, and curves with bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.ticker import MaxNLocator

from nnlab.compare.bands import Band
from nnlab.compare.variants import VariantRow, VariantTable
from nnlab.report.figure import PALETTE, QUIET, new_figure, save, style
from nnlab.report.plots.curves import spans_decades
from nnlab.report.plots.logarithms import label_logarithm

_WAYS = {"max": "higher is better", "min": "lower is better", None: ""}
_DASHES = ("-", "--", ":")
_DECADES = 100.0
_FEW = 30
_BELOW = 3.0


def plot_intervals(table: VariantTable, path: Path, *, title: str = "") -> None:
    """Draws the mean of each variant with its 95 % interval, and each run as a small dot.

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
            label = f"mean of {table.baseline}"
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
            colour = PALETTE[1] if row.name == table.baseline else PALETTE[0]
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
        if base is not None:
            axes.legend(loc="best")
        save(figure, path)


def plot_bands(bands: Mapping[str, Band], metric: str, path: Path, *, title: str = "") -> None:
    """Draws a metric over the epochs: the mean over the seeds, and its 95 % interval as a band.

    Args:
        bands: The band of each variant.
        metric: What it is, `val_loss`.
        path: The file, PNG.
        title: Whose they are.

    Raises:
        RunFailedError: The disk refused.
    """
    with style():
        figure = new_figure()
        axes = figure.add_subplot()
        means = [np.asarray(one.mean) for one in bands.values()]
        is_log = spans_decades(metric, means)
        # A logarithm has no place for what lies at or below 0, and would stretch for what is near.
        floor = np.nanmin(np.concatenate(means)) / _BELOW if is_log else -np.inf
        for number, (name, one) in enumerate(bands.items()):
            colour = PALETTE[number % len(PALETTE)]
            dash = _DASHES[number // len(PALETTE) % len(_DASHES)]
            epochs = np.arange(1, len(one.mean) + 1)
            marker = "o" if len(epochs) <= _FEW else ""
            axes.plot(
                epochs, one.mean, label=name, color=colour, linestyle=dash, marker=marker, ms=3
            )
            low = np.maximum(one.low, floor)
            axes.fill_between(epochs, low, one.high, color=colour, alpha=0.15, linewidth=0)
        words = metric.replace("_", " ")
        if is_log:
            axes.set_yscale("log")
            label_logarithm(axes.yaxis)
            words += " (logarithmic)"
        axes.set_ylabel(words)
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
        name = f"{title}: {metric}" if title else metric
        axes.set_title(f"{name}, mean and 95 % interval")
        axes.legend()
        save(figure, path)


def _label(row: VariantRow) -> str:
    """A variant's name, and how many of its runs failed."""
    return f"{row.name}\n{len(row.failures)} of {row.ended} failed" if row.failures else row.name


def _is_wide(rows: Sequence[VariantRow]) -> bool:
    """Whether the means differ by factors: one variant would push the others to one point."""
    means = [row.mean.value for row in rows if row.mean is not None]
    ends = [row.mean.low for row in rows if row.mean is not None and row.mean.low is not None]
    return bool(means) and min([*means, *ends]) > 0 and max(means) > _DECADES * min(means)
