"""Every trial as a line through its values: which of them go together with a good score."""

from __future__ import annotations

from pathlib import Path
from statistics import mean, mode
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.colors import ListedColormap, LogNorm, Normalize

from nnlab.config.space.hyperparameter import Hyperparameter
from nnlab.config.space.hyperparameter_names import marker_name, repetition
from nnlab.report.plots.figure import (
    FAINT,
    INK,
    PALETTE,
    QUIET,
    new_figure,
    save,
    style,
)
from nnlab.report.plots.log_axis import label_logarithm
from nnlab.report.plots.search_axes import SearchPlot, ends, position, ticks
from nnlab.runs.records.trial import FrozenTrial
from nnlab.text import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Beside every axis stands the place of trials that do not use the hyperparameter.
_UNUSED = -0.12
_ROUNDING = 1e-12
_BRIGHTEST = 0.85


def plot_parallel_coordinates(picture: SearchPlot, path: Path) -> bool:
    """Draws a line for each trial through its values, an axis a row, coloured by its score.

    The axes lie, so that their names can be read on a narrow screen. A hyperparameter that stands
    inside `Repeat` is shown by the mean over the repetitions, or by the most common of names. The
    best trial is drawn over all.

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
    with style():
        figure = new_figure(10.0, 2.2 + 0.9 * len(shown))
        axes = figure.add_subplot()
        scores = np.array([trial.score for trial in picture.scored], float)
        norm = (LogNorm if picture.is_logarithmic else Normalize)(scores.min(), scores.max())
        # Dark is good, whichever way that is; cividis is made for any colour vision.
        # Its bright end is lost on white paper.
        shades = mpl.colormaps["cividis"](np.linspace(0, _BRIGHTEST, 256))
        colours = ListedColormap(shades if picture.direction == "min" else shades[::-1])
        _draw_axes(axes, shown)
        sign = 1 if picture.direction == "min" else -1
        # The better ones lie above.
        for trial in sorted(picture.scored, key=lambda one: -sign * (one.score or 0.0)):
            line = _line(trial, shown)
            axes.plot(line, -np.arange(len(line)), color=colours(norm(trial.score or 0.0)), lw=1.2)
        best = picture.best
        if best is not None:
            line = _line(best, shown)
            label = f"the best, trial {best.number:,}"
            rows = -np.arange(len(line))
            axes.plot(line, rows, color=PALETTE[1], lw=3, marker="D", markersize=7, label=label)
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.0)
        mapped = mpl.cm.ScalarMappable(norm, colours)
        bar = figure.colorbar(mapped, ax=axes, orientation="horizontal", fraction=0.05, pad=0.02)
        bar.set_label(picture.label)
        if picture.is_logarithmic:
            label_logarithm(bar.ax.xaxis)
        which = f", {picture.what_is_shown}" if picture.what_is_shown else ""
        axes.set_title(f"{picture.name}: {plural(len(picture.scored), 'trial')}{which}", pad=24)
        save(figure, path)
    return True


def _draw_axes(axes: Axes, shown: dict[str, Hyperparameter]) -> None:
    """A lying axis for each hyperparameter, its name at the left."""
    conditional = False
    for row, one in enumerate(shown.values()):
        axes.hlines(-row, 0, 1, color=QUIET, lw=1, zorder=0)
        places, labels = ticks(one)
        for place, label in zip(_fraction(one, places), labels, strict=True):
            axes.vlines(place, -row - 0.06, -row + 0.06, color=QUIET, lw=1, zorder=0)
            axes.annotate(
                label,
                (place, -row),
                xytext=(0, -7),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=9,
                color=INK,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8},
                zorder=4,
            )
        if one.conditions:
            conditional = True
            axes.plot([_UNUSED], [-row], "o", color=FAINT, markersize=5, zorder=0)
    if conditional:
        axes.annotate(
            "not used",
            (_UNUSED, 0.25),
            ha="center",
            va="bottom",
            fontsize=9,
            color=QUIET,
        )
    axes.set_yticks(-np.arange(len(shown)), [_row_name(*item) for item in shown.items()])
    axes.set_ylim(-len(shown) + 0.45, 0.55)
    axes.set_xlim(_UNUSED - 0.06 if conditional else -0.06, 1.06)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _row_name(name: str, one: Hyperparameter) -> str:
    middle = "mean" if one.ordered else "most common"
    return f"{name}\n({middle})" if repetition(one.name) else name


def _line(trial: FrozenTrial, shown: dict[str, Hyperparameter]) -> np.ndarray:
    """Where a trial crosses each axis."""
    places = []
    for one in shown.values():
        marker = marker_name(one.name)
        values = [value for name, value in trial.values.items() if marker_name(name) == marker]
        middle = mean if one.ordered else mode
        places.append(
            float(_fraction(one, np.array([middle([position(one, value) for value in values])]))[0])
            if values
            else _UNUSED
        )
    return np.array(places)


def _fraction(one: Hyperparameter, places: np.ndarray) -> np.ndarray:
    """Places on a hyperparameter's axis as fractions of its length."""
    low, high = ends(one)
    return (places - low) / (high - low) if high - low > _ROUNDING else np.full(len(places), 0.5)
