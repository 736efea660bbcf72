"""Where weights and gradients were before the training, and where they are after it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.analysis.weight_histograms import LayerHistograms, evenly
from nnlab.report.plots.figure import PALETTE, QUIET, new_figure, save, style
from nnlab.report.text.numbers import metric_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_PANELS = 12
_COLUMNS = 3
_LABELS = {"weights": "weight", "gradients": "size of the gradient, power of ten"}


def plot_spreads(spreads: Sequence[LayerHistograms], path: Path, *, title: str = "") -> None:
    """Draws two distributions for each layer: first and last.

    Args:
        spreads: The layers, all of one kind; of a deep model evenly spaced ones are drawn.
        path: The file, PNG.
        title: Whose they are.

    Raises:
        RunFailedError: The disk refused.
    """
    shown = evenly(spreads, _MOST_PANELS)
    kind = shown[0].kind if shown else "weights"
    columns = max(1, min(_COLUMNS, len(shown)))
    rows = max(1, math.ceil(len(shown) / columns))
    with style():
        height = 1.0 + 2.5 * rows
        figure = new_figure(10.0, height, fitted=False)
        grid = figure.subplots(rows, columns, squeeze=False)
        figure.subplots_adjust(0.075, 0.55 / height, 0.985, 1 - 0.85 / height, 0.25, 0.55)
        for axes, spread in zip(grid.flat, shown, strict=False):
            _draw_layer(axes, spread)
        for axes in list(grid.flat)[len(shown) :]:
            axes.set_axis_off()
        of_all = "" if len(shown) == len(spreads) else f" ({len(shown)} of {len(spreads)} layers)"
        figure.suptitle(f"{title or kind}: first and last{of_all}", x=0.075, ha="left", fontsize=13)
        figure.supxlabel(_LABELS[kind], fontsize=11)
        if shown:
            handles, labels = grid.flat[0].get_legend_handles_labels()
            figure.legend(handles, labels, loc="upper right", ncols=2)
        save(figure, path)


def _draw_layer(axes: Axes, spread: LayerHistograms) -> None:
    """Draws both distributions of one layer on the same bins, as shares of its weights."""
    edges = np.linspace(spread.low, spread.high, len(spread.first.counts) + 1)
    for values, label, colour, filled in (
        (spread.first, "first", QUIET, True),
        (spread.last, "last", PALETTE[1], False),
    ):
        counts = np.asarray(values.counts)
        axes.stairs(
            counts / max(counts.sum(), 1),
            edges,
            label=label,
            color=colour,
            fill=filled,
            alpha=0.4 if filled else 1.0,
            linewidth=1.6,
        )
    axes.set_title(f"{spread.layer[:24]}, {_words(spread)}", fontsize=10)
    axes.tick_params(labelsize=9)
    axes.set_ylabel("share", fontsize=9)
    axes.locator_params(nbins=5)


def _words(spread: LayerHistograms) -> str:
    """The figure that says most of the last distribution."""
    if spread.kind == "gradients":
        return f"norm {metric_text(spread.last.norm)}"
    return f"spread {metric_text(spread.last.std)}" if any(spread.last.counts) else "not finite"
