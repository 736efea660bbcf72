"""Where the weights were before the training, and where they are after it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.report.figure import PALETTE, QUIET, new_figure, save, style
from nnlab.report.numbers import metric_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_MOST_PANELS = 12
_COLUMNS = 3
_BINS = 50
_MOST_WEIGHTS = 200_000


def plot_weight_histograms(
    before: Mapping[str, NDArray[np.floating[Any]]],
    after: Mapping[str, NDArray[np.floating[Any]]],
    path: Path,
    *,
    title: str = "",
) -> None:
    """Draws two distributions of weights for each layer: first and last.

    Args:
        before: The weights of any shape at the start, by layer.
        after: The same at the end; layers that it lacks are not drawn.
        path: The file, PNG.
        title: Whose weights they are.

    Raises:
        RunFailedError: The disk refused.
    """
    names = [name for name in before if name in after]
    # Of a deep model evenly spaced layers, the first and the last among them: they are the ones to
    # compare.
    places = np.linspace(0, len(names) - 1, min(len(names), _MOST_PANELS)).round().astype(int)
    shown = [names[i] for i in places]
    columns = max(1, min(_COLUMNS, len(shown)))
    rows = max(1, math.ceil(len(shown) / columns))
    with style():
        height = 1.0 + 2.5 * rows
        figure = new_figure(10.0, height, fitted=False)
        grid = figure.subplots(rows, columns, squeeze=False)
        figure.subplots_adjust(0.075, 0.55 / height, 0.985, 1 - 0.85 / height, 0.25, 0.55)
        for axes, name in zip(grid.flat, shown, strict=False):
            _draw_layer(axes, name, _sample(before[name]), _sample(after[name]))
        for axes in list(grid.flat)[len(shown) :]:
            axes.set_axis_off()
        of_all = "" if len(shown) == len(names) else f" ({len(shown)} of {len(names)} layers)"
        head = f"{title or 'weights'}: first and last{of_all}"
        figure.suptitle(head, x=0.075, ha="left", fontsize=13)
        figure.supxlabel("weight", fontsize=11)
        if shown:
            handles, labels = grid.flat[0].get_legend_handles_labels()
            figure.legend(handles, labels, loc="upper right", ncols=2)
        save(figure, path)


def _sample(weights: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """The finite weights [weights], evenly thinned out where there are very many."""
    flat = np.asarray(weights).ravel()
    step = max(1, -(-flat.size // _MOST_WEIGHTS))
    some: NDArray[np.float64] = flat[::step].astype(np.float64)
    return some[np.isfinite(some)]


def _draw_layer(
    axes: Axes, name: str, first: NDArray[np.float64], last: NDArray[np.float64]
) -> None:
    """Draws both distributions of one layer on the same bins, as shares of its weights."""
    both = np.concatenate([first, last])
    edges = np.histogram_bin_edges(both if both.size else [0.0], bins=_BINS)
    for values, label, colour, filled in (
        (first, "first", QUIET, True),
        (last, "last", PALETTE[1], False),
    ):
        share, _ = np.histogram(values, edges)
        axes.stairs(
            share / max(values.size, 1),
            edges,
            label=label,
            color=colour,
            fill=filled,
            alpha=0.4 if filled else 1.0,
            linewidth=1.6,
        )
    spread = f"spread {metric_text(float(last.std()))}" if last.size else "not finite"
    axes.set_title(f"{name[:24]}, {spread}", fontsize=10)
    axes.tick_params(labelsize=9)
    axes.set_ylabel("share", fontsize=9)
    axes.locator_params(nbins=5)
