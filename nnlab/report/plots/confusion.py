"""The confusion matrix of a classifier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import PowerNorm

from nnlab.report.plots.figure import new_figure, save, style
from nnlab.report.text.formatting import format_count, format_percent
from nnlab.text import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

_MAX_CLASSES_WITH_COUNTS = 20
_MAX_NAME_LENGTH = 20
_MAX_NAMES = 100
_BELOW: dict[str, Any] = {"ha": "center", "va": "top"}
_LEFT: dict[str, Any] = {"ha": "right", "va": "center"}


def plot_confusion_matrix(
    true: NDArray[np.integer[Any]],
    predicted: NDArray[np.integer[Any]],
    class_names: Sequence[str],
    path: Path,
    *,
    title: str = "",
) -> None:
    """Plot the number of rows of each true class by predicted class.

    The color is the share of the true class, which shows rare classes as clearly as frequent ones.
    Up to 20 classes the counts are written, too; up to 100 every class has its name.

    Args:
        true: Integer codes of shape (rows,); rows with an unknown code are ignored.
        predicted: Integer codes of shape (rows,).
        class_names: The name of each code.
        path: The PNG file to write.
        title: The text in front of the accuracy in the plot's title. Defaults to "".

    Raises:
        RunFailedError: If writing failed, such as on a full disk.
    """
    classes = len(class_names)
    counts = count_confusions(true, predicted, classes)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    accuracy = np.trace(counts) / max(counts.sum(), 1)
    with style():
        figure, axes, scale_axes = _create_axes(class_names)
        # The square root of the share makes confusions of a few percent visible.
        norm = PowerNorm(0.5, vmin=0, vmax=1)
        image = axes.imshow(shares, cmap="Blues", norm=norm, interpolation="nearest", aspect="auto")
        if classes <= _MAX_CLASSES_WITH_COUNTS:
            size = max(7.0, min(13.0, 130.0 / classes))
            for row, column in np.argwhere(counts):
                color = "white" if shares[row, column] > 0.3 else "black"  # noqa: PLR2004 - Blues is dark there
                text = format_count(int(counts[row, column]))
                axes.text(column, row, text, ha="center", va="center", color=color, fontsize=size)
        rows = format_count(int(counts.sum()))
        summary = f"{format_percent(accuracy, digits=1)} of {rows} rows correct"
        axes.set_title(f"{title}: {summary}" if title else summary)
        figure.colorbar(image, cax=scale_axes).set_label("share of the true class")
        save(figure, path)


def count_confusions(
    true: NDArray[np.integer[Any]], predicted: NDArray[np.integer[Any]], classes: int
) -> NDArray[np.int64]:
    """Count the rows of each true class by predicted class.

    Args:
        true: Integer codes of shape (rows,); rows with an unknown code are ignored.
        predicted: Integer codes of shape (rows,).
        classes: The number of classes.

    Returns:
        Counts of shape (true class, predicted class).

    Example:
        >>> count_confusions(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist()
        [[1, 0], [1, 1]]
    """
    pairs = np.stack([np.ravel(true), np.ravel(predicted)]).astype(np.int64)
    known = pairs[:, ((pairs >= 0) & (pairs < classes)).all(axis=0)]
    codes = known[0] * classes + known[1]
    return np.bincount(codes, minlength=classes * classes).reshape(classes, classes)


def _create_axes(names: Sequence[str]) -> tuple[Figure, Axes, Axes]:
    """Return a figure with class names along both axes, the axes, and those of the color scale.

    The names are plain texts in a space estimated from their length: measuring them, as tick labels
    and a constrained layout do, takes half a second for 100 classes.
    """
    step = -(-len(names) // _MAX_NAMES)
    labels = [shorten(name, _MAX_NAME_LENGTH) for name in names[::step]]
    size = max(6.5, min(11.0, 330.0 / max(len(labels), 1)))
    letter_width = 0.62 * size / 72
    label_width = letter_width * max(map(len, labels), default=0)
    # From 50 classes on the plot grows, since a name needs 12 pixels.
    square = max(6.0, 0.12 * len(labels))
    is_rotated = label_width > 0.9 * square / max(len(labels), 1)
    left = 0.75 + label_width
    bottom = 0.75 + (label_width if is_rotated else 0.1)
    width, height = left + square + 1.3, bottom + square + 0.6
    figure = new_figure(width, height, constrained=False)
    axes = figure.add_axes((left / width, bottom / height, square / width, square / height))
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks([])
    x_labels, y_labels = axes.get_xaxis_transform(), axes.get_yaxis_transform()
    offset = -0.08 / square
    rotation = 90 if is_rotated else 0
    for i, label in enumerate(labels):
        place = i * step
        axes.text(place, offset, label, transform=x_labels, size=size, rotation=rotation, **_BELOW)
        axes.text(offset, place, label, transform=y_labels, size=size, **_LEFT)
    figure.text((left + square / 2) / width, 0.25 / height, "predicted class", ha="center")
    middle = (bottom + square / 2) / height
    figure.text(0.25 / width, middle, "true class", rotation=90, ha="center", va="center")
    start = (left + square + 0.25) / width
    return figure, axes, figure.add_axes((start, bottom / height, 0.2 / width, square / height))
