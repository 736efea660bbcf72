"""Each trial of a search as a line through its hyperparameter values, colored by score."""

from __future__ import annotations

from pathlib import Path
from statistics import mean, mode
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.colors import ListedColormap, LogNorm, Normalize

from nnlab.config.space.hyperparameter import Hyperparameter, repetition
from nnlab.report.plots.figure import (
    GRID_COLOR,
    MUTED_COLOR,
    PALETTE,
    TEXT_COLOR,
    label_log_axis,
    new_figure,
    save,
    style,
)
from nnlab.report.plots.search import SearchPlot, limits, positions, ticks
from nnlab.runs.records.trial import FrozenTrial
from nnlab.text import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

# The position next to each axis of trials that do not use the hyperparameter.
_UNUSED = -0.12
_MIN_AXIS_LENGTH = 1e-12
_MAX_BRIGHTNESS = 0.85


def plot_parallel_coordinates(search: SearchPlot, path: Path) -> bool:
    """Plot a line per trial through its values as PNG, one axis per row, colored by the score.

    The axes are horizontal, which keeps their names readable on a narrow screen. A hyperparameter
    inside `Repeat` is shown by the mean over the repetitions, or by the most common choice. The
    best trial is drawn on top. Returns False and draws nothing if no hyperparameter has several
    values.
    """
    shown = search.shown
    if not shown:
        return False
    with style():
        figure = new_figure(10.0, 2.2 + 0.9 * len(shown))
        axes = figure.add_subplot()
        scores = np.array([trial.score for trial in search.scored], float)
        norm = (LogNorm if search.is_logarithmic else Normalize)(scores.min(), scores.max())
        # Cividis suits any color vision. Dark is good, whatever the direction; the bright end of
        # the map would be invisible on white.
        shades = mpl.colormaps["cividis"](np.linspace(0, _MAX_BRIGHTNESS, 256))
        colors = ListedColormap(shades if search.direction == "min" else shades[::-1])
        _draw_axes(axes, shown)
        sign = 1 if search.direction == "min" else -1
        # Better trials are drawn later, on top.
        for trial in sorted(search.scored, key=lambda trial: -sign * (trial.score or 0.0)):
            line = _trial_positions(trial, shown)
            axes.plot(line, -np.arange(len(line)), color=colors(norm(trial.score or 0.0)), lw=1.2)
        best = search.best
        if best is not None:
            line = _trial_positions(best, shown)
            label = f"best: trial {best.number:,}"
            rows = -np.arange(len(line))
            axes.plot(line, rows, color=PALETTE[1], lw=3, marker="D", markersize=7, label=label)
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.0)
        mapped = mpl.cm.ScalarMappable(norm, colors)
        bar = figure.colorbar(mapped, ax=axes, orientation="horizontal", fraction=0.05, pad=0.02)
        bar.set_label(search.label)
        if search.is_logarithmic:
            label_log_axis(bar.ax.xaxis)
        selection = f", {search.selection}" if search.selection else ""
        axes.set_title(f"{search.name}: {plural(len(search.scored), 'trial')}{selection}", pad=24)
        save(figure, path)
    return True


def _draw_axes(axes: Axes, shown: dict[str, Hyperparameter]) -> None:
    """Draw a horizontal axis per hyperparameter, with its name on the left."""
    has_conditions = any(hyperparameter.conditions for hyperparameter in shown.values())
    names = []
    for row, (name, hyperparameter) in enumerate(shown.items()):
        statistic = "mean" if hyperparameter.ordered else "most common"
        names.append(f"{name}\n({statistic})" if repetition(hyperparameter.name) else name)
        axes.hlines(-row, 0, 1, color=MUTED_COLOR, lw=1, zorder=0)
        places, labels = ticks(hyperparameter)
        for place, label in zip(_to_fraction(hyperparameter, places), labels, strict=True):
            axes.vlines(place, -row - 0.06, -row + 0.06, color=MUTED_COLOR, lw=1, zorder=0)
            axes.annotate(
                label,
                (place, -row),
                xytext=(0, -7),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=9,
                color=TEXT_COLOR,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8},
                zorder=4,
            )
        if hyperparameter.conditions:
            axes.plot([_UNUSED], [-row], "o", color=GRID_COLOR, markersize=5, zorder=0)
    if has_conditions:
        position = (_UNUSED, 0.25)
        axes.annotate("not used", position, ha="center", va="bottom", fontsize=9, color=MUTED_COLOR)
    axes.set_yticks(-np.arange(len(shown)), names)
    axes.set_ylim(-len(shown) + 0.45, 0.55)
    axes.set_xlim(_UNUSED - 0.06 if has_conditions else -0.06, 1.06)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _trial_positions(trial: FrozenTrial, shown: dict[str, Hyperparameter]) -> NDArray[np.float64]:
    """Return the positions of shape (axes,) where a trial crosses the axes, from 0 to 1."""
    fractions = []
    for hyperparameter in shown.values():
        places = positions(trial, hyperparameter)
        if not places:
            fractions.append(_UNUSED)
            continue
        place = mean(places) if hyperparameter.ordered else mode(places)
        fractions.append(float(_to_fraction(hyperparameter, np.array([place]))[0]))
    return np.array(fractions)


def _to_fraction(
    hyperparameter: Hyperparameter, places: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Convert positions of shape (places,) on an axis to fractions of its length."""
    low, high = limits(hyperparameter)
    if high - low > _MIN_AXIS_LENGTH:
        return (places - low) / (high - low)
    return np.full(len(places), 0.5)
