"""One look for every picture, and the way from a figure to a file.

Figures are made without pyplot: it keeps every figure in a list of its own, and asks for a display.
The same numbers give the same bytes.
"""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from PIL import Image

from nnlab.errors import RequestError
from nnlab.report.text.phrases import PICTURES, check_suffix
from nnlab.runs.io.atomic import atomic_write, translate_os_errors

Format = Literal["png", "svg"]

DPI = 100
# Lines, dots and letters with their smoothed edges. A picture of more colours, a map of regions or
# a scale of scores, would show steps.
_FEW = 1024
# Letters an inch, and those that the line beside a label takes the place of.
_LETTERS, _LINE = 11, 6
INK, QUIET, FAINT = "#1a1a1a", "#5c5c5c", "#d9d9d9"

# Okabe and Ito, "Color universal design" (2008): told apart with any colour vision, and in grey by
# brightness.
PALETTE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
    "#F0E442",
)
_DASHES = ("-", "--", ":", "-.")

_STYLE: dict[str, Any] = {
    # Opaque white: on a dark page a transparent picture loses its axes.
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "font.size": 11.0,
    "text.color": INK,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.titlesize": 13.0,
    "axes.titlelocation": "left",
    "axes.titlepad": 10.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=PALETTE),
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    # A dollar sign in a class's name is a dollar sign, no formula.
    "text.parse_math": False,
    # The SVG writer salts its ids with random numbers unless it is told the salt.
    "svg.hashsalt": "nnlab",
}


def line_look(number: int) -> dict[str, Any]:
    """How a line among many is drawn: a colour, and a dash where the colours come again.

    Args:
        number: Which line, from 0.

    Returns:
        Arguments of matplotlib's `plot`.

    Example:
        >>> line_look(8)
        {'color': '#0072B2', 'linestyle': '--'}
    """
    dash = _DASHES[number // len(PALETTE) % len(_DASHES)]
    return {"color": PALETTE[number % len(PALETTE)], "linestyle": dash}


def legend_below(figure: Figure, *, longest: int = 44) -> None:
    """A legend of all lines of a figure, below its axes, where it covers none of them.

    Args:
        figure: The figure; a label that several axes have stands there once.
        longest: Longer labels are cut, characters.
    """
    handles: dict[str, Any] = {}
    for axes in figure.axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    if not handles:
        return
    labels = [label if len(label) <= longest else f"{label[: longest - 1]}…" for label in handles]
    width = figure.get_figwidth()
    columns = int(width * _LETTERS) // (max(map(len, labels)) + _LINE)
    figure.legend(
        list(handles.values()),
        labels,
        loc="outside lower center",
        ncols=max(1, min(columns, len(labels))),
    )


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Our look, whatever the user's own matplotlib settings are, inside the block."""
    with mpl.rc_context():
        mpl.rcdefaults()
        # Newer matplotlib types its keys one by one, older not at all.
        parameters: Any = mpl.rcParams
        parameters.update(_STYLE)
        yield


def new_figure(width: float = 10.0, height: float = 6.5, *, fitted: bool = True) -> Figure:
    """An empty figure.

    Args:
        width: Inches; one is 100 pixels.
        height: Inches.
        fitted: Whether it makes room for its labels by itself. To measure them takes longer than
            all the drawing where there are very many.

    Returns:
        The figure.
    """
    return Figure(figsize=(width, height), dpi=DPI, layout="constrained" if fitted else None)


def picture(figure: Figure, kind: Format = "png", dpi: float = DPI) -> bytes:
    """The bytes of a picture; call it inside `style`.

    Args:
        figure: What to draw.
        kind: The file's format.
        dpi: Pixels an inch, for PNG.

    Returns:
        The content of the file, without a date or a version in it.
    """
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The font lacks some scripts: a box in place of a letter needs no warning in a terminal.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        if kind == "svg":
            figure.savefig(buffer, format=kind, metadata={"Date": None, "Creator": None})
            return buffer.getvalue()
        figure.savefig(buffer, format=kind, dpi=dpi, pil_kwargs={"compress_level": 0})
    return _small(buffer)


def _small(png: io.BytesIO) -> bytes:
    """The same picture to look at, a third as large: opaque, and few colours from a palette."""
    picture = Image.open(png).convert("RGB")
    if picture.getcolors(_FEW) is not None:
        method, without = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
        picture = picture.quantize(method=method, dither=without)
    smaller = io.BytesIO()
    picture.save(smaller, "png")
    return smaller.getvalue()


def draw_into(path: Path, figure: Figure, dpi: float = DPI) -> None:
    """Draws a figure into a file that the user named; call it inside `style`.

    Args:
        path: The file, `.svg` or `.png`; its folder is made where there is none.
        figure: What to draw.
        dpi: Pixels an inch, for PNG.

    Raises:
        RequestError: The file's suffix is another, or the file cannot be written.
    """
    check_suffix(path, PICTURES, "a picture")
    content = picture(figure, "svg" if path.suffix.lower() == ".svg" else "png", dpi)
    try:
        atomic_write(path, content)
    except OSError as error:
        words = os.strerror(error.errno) if error.errno else str(error)
        message = f"Expected to be able to write {path}. Received: error={words!r}."
        raise RequestError(f"{message} Name a file in a folder that you may write to.") from error


def save(figure: Figure, path: Path) -> None:
    """Writes a figure as PNG, whole or not at all; call it inside `style`.

    Args:
        figure: What to draw.
        path: The file; its folder is made where there is none.

    Raises:
        RunFailedError: The disk refused.
    """
    content = picture(figure)
    with translate_os_errors(path):
        atomic_write(path, content)
