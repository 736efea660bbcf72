"""Histograms of weights and gradients, before and after training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.analysis.weight_histograms import LayerHistograms, sample_layers
from nnlab.report.plots.figure import MUTED_COLOR, PALETTE, new_figure, save, style
from nnlab.report.text.formatting import format_metric

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MAX_PANELS = 12
_COLUMNS = 3
_LABELS = {"weights": "weight", "gradients": "gradient magnitude, log10"}


def plot_histograms(layers: Sequence[LayerHistograms], path: Path, *, title: str = "") -> None:
    """Plot both histograms of each layer as PNG, before and after training.

    All layers must be of one kind, weights or gradients. Of a deep model, evenly spaced layers are
    shown.
    """
    shown = sample_layers(layers, _MAX_PANELS)
    kind = shown[0].kind if shown else "weights"
    columns = max(1, min(_COLUMNS, len(shown)))
    rows = max(1, math.ceil(len(shown) / columns))
    with style():
        height = 1.0 + 2.5 * rows
        figure = new_figure(10.0, height, constrained=False)
        grid = figure.subplots(rows, columns, squeeze=False)
        figure.subplots_adjust(0.075, 0.55 / height, 0.985, 1 - 0.85 / height, 0.25, 0.55)
        for axes, layer in zip(grid.flat, shown, strict=False):
            _draw_layer(axes, layer)
        for axes in list(grid.flat)[len(shown) :]:
            axes.set_axis_off()
        sampled = "" if len(shown) == len(layers) else f" ({len(shown)} of {len(layers)} layers)"
        heading = f"{title or kind}: before and after training{sampled}"
        figure.suptitle(heading, x=0.075, ha="left", fontsize=13)
        figure.supxlabel(_LABELS[kind], fontsize=11)
        if shown:
            handles, labels = grid.flat[0].get_legend_handles_labels()
            figure.legend(handles, labels, loc="upper right", ncols=2)
        save(figure, path)


def _draw_layer(axes: Axes, layer: LayerHistograms) -> None:
    """Draw both histograms of a layer on the same bins, as shares of its weights."""
    edges = np.linspace(layer.low, layer.high, len(layer.first.counts) + 1)
    for histogram, label, color, is_filled in (
        (layer.first, "before", MUTED_COLOR, True),
        (layer.last, "after", PALETTE[1], False),
    ):
        counts = np.asarray(histogram.counts)
        axes.stairs(
            counts / max(counts.sum(), 1),
            edges,
            label=label,
            color=color,
            fill=is_filled,
            alpha=0.4 if is_filled else 1.0,
            linewidth=1.6,
        )
    if layer.kind == "gradients":
        summary = f"norm {format_metric(layer.last.norm)}"
    else:
        is_finite = any(layer.last.counts)
        summary = f"std {format_metric(layer.last.std)}" if is_finite else "not finite"
    axes.set_title(f"{layer.layer[:24]}, {summary}", fontsize=10)
    axes.tick_params(labelsize=9)
    axes.set_ylabel("share", fontsize=9)
    axes.locator_params(nbins=5)
