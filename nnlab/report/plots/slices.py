"""The score by each hyperparameter, one panel per hyperparameter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.config.space.hyperparameter_names import marker_name
from nnlab.report.plots.figure import PALETTE, new_figure, save, style
from nnlab.report.plots.search_axes import (
    SPREAD_LABEL,
    SearchPlot,
    limits,
    position,
    scale_score_axis,
    ticks,
)
from nnlab.runs.records.trial import FrozenTrial

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = 2
_JITTER = 0.16
_MARGIN = 0.06


def plot_slices(search: SearchPlot, path: Path) -> bool:
    """Plot the score of each trial by the value of each hyperparameter as PNG.

    The values of all repetitions share a panel, and the best trial is marked. If a trial has
    several scores, a vertical line shows their standard deviation. Returns False and draws nothing
    if no hyperparameter has several values.
    """
    shown = search.shown
    if not shown:
        return False
    rows = -(-len(shown) // _COLUMNS)
    with style():
        figure = new_figure(10.0, 0.8 + 2.9 * rows)
        panels = figure.subplots(rows, _COLUMNS, sharey=True, squeeze=False)
        for axes, (name, hyperparameter) in zip(panels.flat, shown.items(), strict=False):
            _draw_panel(axes, search, hyperparameter)
            axes.set_xlabel(name)
        for axes in panels.flat[len(shown) :]:
            axes.axis("off")
        scale_score_axis(panels[0, 0], search)
        for axes in panels[:, 0]:
            axes.set_ylabel("")
        figure.supylabel(search.label + (", logarithmic" if search.is_logarithmic else ""))
        selection = search.selection or "hyperparameter"
        spread = SPREAD_LABEL if search.has_spread else ""
        heading = f"{search.name}: score by {selection}{spread}"
        figure.suptitle(heading, x=0.01, ha="left", fontsize=13)
        save(figure, path)
    return True


def _draw_panel(axes: Axes, search: SearchPlot, hyperparameter: Hyperparameter) -> None:
    best = search.best
    for trial in search.scored:
        if trial is not best:
            _draw_points(axes, trial, hyperparameter)
    if best is not None:
        _draw_points(axes, best, hyperparameter, is_best=True)
    low, high = limits(hyperparameter)
    margin = 0.5 if hyperparameter.values else max((high - low) * _MARGIN, 1e-9)
    axes.set_xlim(low - margin, high + margin)
    if hyperparameter.values or hyperparameter.sampling == "log":
        axes.set_xticks(*ticks(hyperparameter))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=hyperparameter.kind == "int"))


def _draw_points(
    axes: Axes, trial: FrozenTrial, hyperparameter: Hyperparameter, *, is_best: bool = False
) -> None:
    """Draw a trial's values of a hyperparameter: several if it is inside `Repeat`."""
    marker = marker_name(hyperparameter.name)
    values = [value for name, value in trial.values.items() if marker_name(name) == marker]
    places = np.array([position(hyperparameter, value) for value in values], float)
    if hyperparameter.values and not is_best:
        # Trials with the same choice would hide each other: spread them, reproducibly.
        places = places + _JITTER * np.sin(trial.number * np.arange(1, len(places) + 1))
    color, shape, size, alpha = (PALETTE[2], "D", 9, 1.0) if is_best else (PALETTE[0], "o", 5, 0.5)
    if trial.spread is not None and trial.score is not None:
        low, high = trial.score - trial.spread, trial.score + trial.spread
        axes.vlines(places, low, high, color, lw=1, alpha=alpha, zorder=1)
    axes.plot(
        places,
        np.full(len(places), trial.score),
        shape,
        color=color,
        markersize=size,
        alpha=alpha,
        markeredgewidth=0,
        zorder=3 if is_best else 2,
    )
