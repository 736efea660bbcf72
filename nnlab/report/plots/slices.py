"""The score against each hyperparameter by itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.config.space.hyperparameter_names import marker_name
from nnlab.report.plots.figure import PALETTE, new_figure, save, style
from nnlab.report.plots.search_axes import (
    SPREAD_WORDS,
    SearchPlot,
    ends,
    position,
    scale_scores,
    ticks,
)
from nnlab.runs.records.trial import FrozenTrial

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = 2
_SPREAD = 0.16
_MARGIN = 0.06


def plot_slices(picture: SearchPlot, path: Path) -> bool:
    """Draws a panel for each hyperparameter: the score of each trial against its value.

    The values of all repetitions stand in one panel. The best trial is marked. Where scores are
    repeated, a line spans their standard deviation.

    Args:
        picture: The search.
        path: The file, PNG.

    Returns:
        False where nothing was drawn: no hyperparameter has two values among trials with a score.

    Raises:
        RunFailedError: The disk refused.
    """
    shown = picture.shown
    if not shown:
        return False
    rows = -(-len(shown) // _COLUMNS)
    with style():
        figure = new_figure(10.0, 0.8 + 2.9 * rows)
        panels = figure.subplots(rows, _COLUMNS, sharey=True, squeeze=False)
        for axes, (name, one) in zip(panels.flat, shown.items(), strict=False):
            _draw(axes, picture, one)
            axes.set_xlabel(name)
        for axes in panels.flat[len(shown) :]:
            axes.axis("off")
        scale_scores(panels[0, 0], picture)
        for axes in panels[:, 0]:
            axes.set_ylabel("")
        figure.supylabel(picture.label + (", logarithmic" if picture.is_logarithmic else ""))
        which = picture.what_is_shown or "each open value"
        which += SPREAD_WORDS if picture.has_spread else ""
        figure.suptitle(f"{picture.name}: the score by {which}", x=0.01, ha="left", fontsize=13)
        save(figure, path)
    return True


def _draw(axes: Axes, picture: SearchPlot, one: Hyperparameter) -> None:
    best = picture.best
    for trial in picture.scored:
        if trial is not best:
            _points(axes, trial, one)
    if best is not None:
        _points(axes, best, one, best=True)
    low, high = ends(one)
    room = 0.5 if one.values else max((high - low) * _MARGIN, 1e-9)
    axes.set_xlim(low - room, high + room)
    if one.values or one.sampling == "log":
        axes.set_xticks(*ticks(one))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=one.kind == "int"))


def _points(axes: Axes, trial: FrozenTrial, one: Hyperparameter, *, best: bool = False) -> None:
    """A trial's values of one hyperparameter: more than one where it stands inside Repeat."""
    marker = marker_name(one.name)
    values = [value for name, value in trial.values.items() if marker_name(name) == marker]
    places = np.array([position(one, value) for value in values], float)
    if one.values and not best:
        # Points of one name would hide each other: each trial keeps its own place beside the name.
        places = places + _SPREAD * np.sin(trial.number * np.arange(1, len(places) + 1))
    colour, shape, size, alpha = (PALETTE[2], "D", 9, 1.0) if best else (PALETTE[0], "o", 5, 0.5)
    if trial.spread is not None and trial.score is not None:
        low, high = trial.score - trial.spread, trial.score + trial.spread
        axes.vlines(places, low, high, colour, lw=1, alpha=alpha, zorder=1)
    axes.plot(
        places,
        np.full(len(places), trial.score),
        shape,
        color=colour,
        markersize=size,
        alpha=alpha,
        markeredgewidth=0,
        zorder=3 if best else 2,
    )
