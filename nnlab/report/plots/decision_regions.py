"""The decision regions of a classifier in the plane of two features."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np

from nnlab.report.plots.figure import PALETTE, save, style
from nnlab.report.text.formatting import format_count

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

Predict = Callable[["NDArray[np.float32]"], "NDArray[np.integer[Any]]"]

_MAX_POINTS = 2_000
_MARKERS = "os^DvP<>X"
# The model predicts a grid of this many points per inch: 400 x 280 points.
_GRID_DPI = 40
_WIDTH, _HEIGHT = 10.0, 7.0


@dataclass(frozen=True)
class Plane:
    """Rows with two features and a class.

    Args:
        features: Features of shape (rows, 2), as the model takes them.
        classes: Integer codes of shape (rows,).
        class_names: The name of each code.
        feature_names: The names of the two features, with their units. Defaults to "feature 1" and
            "feature 2".
    """

    features: NDArray[np.floating[Any]]
    classes: NDArray[np.integer[Any]]
    class_names: Sequence[str]
    feature_names: Sequence[str] = ("feature 1", "feature 2")


def plot_decision_regions(plane: Plane, predict: Predict, path: Path, *, title: str = "") -> None:
    """Plot the regions of the classes, and the rows on top.

    Args:
        plane: The rows; a maximum of 2,000 are drawn.
        predict: A function from features of shape (points, 2) to integer codes of shape (points,).
        path: The PNG file to write.
        title: The text in front of the number of rows in the plot's title. Defaults to "".

    Raises:
        RunFailedError: If writing failed, such as on a full disk.
    """
    points = np.asarray(plane.features, dtype=np.float32)
    codes = np.asarray(plane.classes, dtype=np.int64).ravel()
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.08 * np.where(high > low, high - low, 1.0)
    with style():
        figure = _draw_regions(low - margin, high + margin, predict, len(plane.class_names))
        axes = figure.axes[0]
        step = max(1, -(-len(points) // _MAX_POINTS))
        axes.grid(visible=False)
        shown, shown_codes = points[::step], codes[::step]
        markers: list[Artist] = [
            axes.scatter(
                shown[shown_codes == code, 0],
                shown[shown_codes == code, 1],
                s=26,
                color=PALETTE[code % len(PALETTE)],
                marker=_MARKERS[code % len(_MARKERS)],
                edgecolor="black",
                linewidths=0.5,
                label=name,
            )
            for code, name in enumerate(plane.class_names)
        ]
        sampled = "" if step == 1 else f", {format_count(len(shown))} shown"
        summary = f"decision regions, {format_count(len(points))} rows{sampled}"
        axes.set_title(f"{title}: {summary}" if title else summary)
        axes.set_xlabel(plane.feature_names[0])
        axes.set_ylabel(plane.feature_names[1])
        axes.legend(handles=markers, title="class", loc="upper left", bbox_to_anchor=(1.0, 1.0))
        save(figure, path)


def _draw_regions(
    low: NDArray[np.float32], high: NDArray[np.float32], predict: Predict, classes: int
) -> Figure:
    """Return a figure with the regions between two corners of shape (2,).

    mlxtend draws regions and rows in one call, with a margin of one unit around the rows whatever
    their scale, and fails if a class without rows is predicted. Therefore it gets one invisible row
    per class, from one corner to the other, and no margin; the rows are drawn afterwards.
    """
    if "matplotlib.pyplot" not in sys.modules:
        mpl.use("agg")  # mlxtend uses pyplot, which would look for a display
    import matplotlib.pyplot as plt
    from mlxtend.plotting import plot_decision_regions as draw_regions

    # mlxtend takes the resolution of its grid from the pixels of pyplot's current figure.
    figure = plt.figure(figsize=(_WIDTH, _HEIGHT), dpi=_GRID_DPI, layout="constrained")
    axes = figure.add_subplot()
    corners = np.linspace(low, high, max(classes, 2), dtype=np.float32)
    colors = [PALETTE[code % len(PALETTE)] for code in range(max(classes, 2))]
    with warnings.catch_warnings():
        # If only one class is predicted, there is no border to draw.
        warnings.filterwarnings("ignore", "No contour levels were found", UserWarning)
        draw_regions(
            corners,
            np.arange(len(corners)),
            SimpleNamespace(predict=lambda x: np.asarray(predict(x)).astype(np.int64).ravel()),
            ax=axes,
            zoom_factor=np.inf,
            legend=0,
            hide_spines=False,
            markers="o",
            colors=",".join(colors),
            scatter_kwargs={"alpha": 0.0},
            contourf_kwargs={"alpha": 0.3},
            contour_kwargs={"linewidths": 0.8},
        )
    plt.close(figure)
    return figure
