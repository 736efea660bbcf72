"""Which classes a model takes for which others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import PowerNorm

from nnlab.report.plots.figure import new_figure, save, style
from nnlab.report.text.numbers import count_text, percent_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

_WITH_COUNTS = 20
_LONGEST = 20
_MOST_NAMES = 100
_BELOW: dict[str, Any] = {"ha": "center", "va": "top"}
_BESIDE: dict[str, Any] = {"ha": "right", "va": "center"}


def plot_confusion_matrix(
    true: NDArray[np.integer[Any]],
    predicted: NDArray[np.integer[Any]],
    class_names: Sequence[str],
    path: Path,
    *,
    title: str = "",
) -> None:
    """Draws how many rows of each class the model gave to each class.

    The colour is the share within the true class, so that rare classes show as clearly as frequent
    ones. Up to 20 classes the counts are written in, up to 100 every class has its name.

    Args:
        true: Class codes [rows], from 0; rows of a code that no class has are left out.
        predicted: Class codes [rows], from 0.
        class_names: The name of each code.
        path: The file, PNG.
        title: Whose predictions they are.

    Raises:
        RunFailedError: The disk refused.
    """
    classes = len(class_names)
    counts = confusion_counts(true, predicted, classes)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.trace(counts) / max(counts.sum(), 1)
    with style():
        figure, axes, beside = _frame(class_names)
        # The square root of the share: a confusion of a few percent is what one looks for.
        scale = PowerNorm(0.5, vmin=0, vmax=1)
        image = axes.imshow(
            shares, cmap="Blues", norm=scale, interpolation="nearest", aspect="auto"
        )
        if classes <= _WITH_COUNTS:
            _write_counts(axes, counts, shares)
        head = f"{percent_text(right, digits=1)} of {count_text(int(counts.sum()))} rows right"
        axes.set_title(f"{title}: {head}" if title else head)
        figure.colorbar(image, cax=beside).set_label("share of the true class")
        save(figure, path)


def confusion_counts(
    true: NDArray[np.integer[Any]], predicted: NDArray[np.integer[Any]], classes: int
) -> NDArray[np.int64]:
    """How many rows of each class the model gave to each class.

    Args:
        true: Class codes [rows], from 0; rows of a code that no class has are left out.
        predicted: Class codes [rows], from 0.
        classes: How many classes there are.

    Returns:
        Counts [true class, predicted class].

    Example:
        >>> confusion_counts(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist()
        [[1, 0], [1, 1]]
    """
    pairs = np.stack([np.ravel(true), np.ravel(predicted)]).astype(np.int64)
    known = pairs[:, ((pairs >= 0) & (pairs < classes)).all(axis=0)]
    codes = known[0] * classes + known[1]
    return np.bincount(codes, minlength=classes * classes).reshape(classes, classes)


def _frame(names: Sequence[str]) -> tuple[Figure, Axes, Axes]:
    """A figure with the classes' names along both axes, and a place for the scale beside them.

    The names are plain texts, with room reckoned from their letters: to measure each, as ticks and
    a layout that fits itself do, takes half a second for 100 classes.
    """
    step = -(-len(names) // _MOST_NAMES)
    short = [_short(name) for name in names[::step]]
    size = max(6.5, min(11.0, 330.0 / max(len(short), 1)))
    letter = 0.62 * size / 72
    longest = letter * max(map(len, short), default=0)
    # From 50 classes on a name needs its 12 pixels, so the picture grows.
    square = max(6.0, 0.12 * len(short))
    turned = longest > 0.9 * square / max(len(short), 1)
    left = 0.75 + longest
    bottom = 0.75 + (longest if turned else 0.1)
    width, height = left + square + 1.3, bottom + square + 0.6
    figure = new_figure(width, height, fitted=False)
    axes = figure.add_axes((left / width, bottom / height, square / width, square / height))
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks([])
    across, down = axes.get_xaxis_transform(), axes.get_yaxis_transform()
    near = -0.08 / square
    rotation = 90 if turned else 0
    for i, name in enumerate(short):
        place = i * step
        axes.text(place, near, name, transform=across, size=size, rotation=rotation, **_BELOW)
        axes.text(near, place, name, transform=down, size=size, **_BESIDE)
    figure.text((left + square / 2) / width, 0.25 / height, "predicted class", ha="center")
    middle = (bottom + square / 2) / height
    figure.text(0.25 / width, middle, "true class", rotation=90, ha="center", va="center")
    start = (left + square + 0.25) / width
    return figure, axes, figure.add_axes((start, bottom / height, 0.2 / width, square / height))


def _short(name: str) -> str:
    """A name that leaves room for the picture."""
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def _write_counts(axes: Axes, counts: NDArray[np.int64], shares: NDArray[np.float64]) -> None:
    """Writes each count into its cell, white where the cell is dark; nothing for none."""
    size = max(7.0, min(13.0, 130.0 / len(counts)))
    for row, column in np.argwhere(counts):
        colour = "white" if shares[row, column] > 0.3 else "black"  # noqa: PLR2004 - there Blues is dark
        text = count_text(int(counts[row, column]))
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)
