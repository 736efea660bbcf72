"""Which class a model gives to every place of a plane of two features."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np

from nnlab.report.plots.figure import PALETTE, save, style
from nnlab.report.text.numbers import count_text

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

Predict = Callable[["NDArray[np.float32]"], "NDArray[np.integer[Any]]"]

_MOST_POINTS = 2_000
_MARKERS = "os^DvP<>X"
# The grid that the model is asked about has this many points an inch: 400 x 280 of them.
_GRID_DPI = 40
_WIDTH, _HEIGHT = 10.0, 7.0


@dataclass(frozen=True)
class Plane:
    """Rows of two features, and what their numbers mean.

    Args:
        features: The rows [rows, 2], as the model takes them.
        classes: Their class codes [rows], from 0.
        class_names: The name of each code.
        feature_names: The names of the two features, with their units.
    """

    features: NDArray[np.floating[Any]]
    classes: NDArray[np.integer[Any]]
    class_names: Sequence[str]
    feature_names: Sequence[str] = ("feature 1", "feature 2")


def plot_decision_regions(plane: Plane, predict: Predict, path: Path, *, title: str = "") -> None:
    """Draws the regions of the classes, and the rows on top of them.

    Args:
        plane: The rows to show; at most 2,000 of them are drawn.
        predict: Gives the class codes [points] of points [points, 2].
        path: The file, PNG.
        title: Whose regions they are.

    Raises:
        RunFailedError: The disk refused.
    """
    points = np.asarray(plane.features, dtype=np.float32)
    codes = np.asarray(plane.classes, dtype=np.int64).ravel()
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.08 * np.where(high > low, high - low, 1.0)
    with style():
        figure = _regions(low - margin, high + margin, predict, len(plane.class_names))
        axes = figure.axes[0]
        step = max(1, -(-len(points) // _MOST_POINTS))
        axes.grid(visible=False)
        marks = _scatter(axes, points[::step], codes[::step], plane.class_names)
        shown = "" if step == 1 else f", {count_text(len(points[::step]))} of them shown"
        head = f"decision regions, {count_text(len(points))} rows{shown}"
        axes.set_title(f"{title}: {head}" if title else head)
        axes.set_xlabel(plane.feature_names[0])
        axes.set_ylabel(plane.feature_names[1])
        axes.legend(handles=marks, title="class", loc="upper left", bbox_to_anchor=(1.0, 1.0))
        save(figure, path)


@dataclass(frozen=True)
class _Classifier:
    """What mlxtend takes for a classifier.

    Args:
        predict: Gives the class codes [points] of points [points, 2].
    """

    predict: Predict


def _regions(
    low: NDArray[np.float32], high: NDArray[np.float32], predict: Predict, classes: int
) -> Figure:
    """A figure with the regions between two corners.

    mlxtend draws regions and rows in one call, and leaves room of one unit around the rows whatever
    their scale; it also stops where a class is predicted that no row has. So it is given one
    invisible row of each class, from one corner to the other, and no room: then it draws what is
    asked, and our rows come after.
    """
    if "matplotlib.pyplot" not in sys.modules:
        mpl.use("agg")  # mlxtend goes through pyplot, which would look for a display
    import matplotlib.pyplot as plt
    from mlxtend.plotting import plot_decision_regions as draw_regions

    # It takes the fineness of its grid from the pixels of pyplot's current figure.
    figure = plt.figure(figsize=(_WIDTH, _HEIGHT), dpi=_GRID_DPI, layout="constrained")
    axes = figure.add_subplot()
    corners = np.linspace(low, high, max(classes, 2), dtype=np.float32)
    colours = [PALETTE[code % len(PALETTE)] for code in range(max(classes, 2))]
    with warnings.catch_warnings():
        # A model that knows one class only has no border to draw.
        warnings.filterwarnings("ignore", "No contour levels were found", UserWarning)
        draw_regions(
            corners,
            np.arange(len(corners)),
            _Classifier(lambda points: np.asarray(predict(points)).astype(np.int64).ravel()),
            ax=axes,
            zoom_factor=np.inf,
            legend=0,
            hide_spines=False,
            markers="o",
            colors=",".join(colours),
            scatter_kwargs={"alpha": 0.0},
            contourf_kwargs={"alpha": 0.3},
            contour_kwargs={"linewidths": 0.8},
        )
    plt.close(figure)
    return figure


def _scatter(
    axes: Axes,
    points: NDArray[np.float32],
    codes: NDArray[np.int64],
    names: Sequence[str],
) -> list[Artist]:
    """Draws the rows, each class with a colour and a mark of its own, and gives the marks."""
    return [
        axes.scatter(
            points[codes == code, 0],
            points[codes == code, 1],
            s=26,
            color=PALETTE[code % len(PALETTE)],
            marker=_MARKERS[code % len(_MARKERS)],
            edgecolor="black",
            linewidths=0.5,
            label=name,
        )
        for code, name in enumerate(names)
    ]
