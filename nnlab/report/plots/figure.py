"""The common style of all plots, their axes and legends, and the conversion to a file.

Figures are created without pyplot, which keeps every figure in a global list and asks for a
display. Equal numbers give equal bytes.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray
from PIL import Image

from nnlab.runs.io.atomic import atomic_write, check_suffix, translate_os_errors, write_output_file
from nnlab.text import shorten

if TYPE_CHECKING:
    from matplotlib.axis import Axis

DPI = 100
# Lines, markers and text with their smoothed edges have fewer colors. Images with more, decision
# regions or color scales, would show steps if quantized.
_MAX_COLORS = 1024
_LETTERS_PER_INCH = 11
# The line next to a legend label is as wide as this many letters.
_LEGEND_LINE_LETTERS = 6
TEXT_COLOR, MUTED_COLOR, GRID_COLOR = "#1a1a1a", "#5c5c5c", "#d9d9d9"

# Okabe and Ito, "Color universal design" (2008): distinguishable with any color vision, and by
# brightness in grayscale.
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
DASHES = ("-", "--", ":", "-.")

_MIN_TICKS, _MAX_TICKS = 3, 7
# The multiples of each power of ten that a logarithmic axis shows, from few labels to many.
_STEPS = ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 5, 7))

_STYLE: dict[str, Any] = {
    # Opaque white: a transparent plot loses its axes on a dark page.
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "font.size": 11.0,
    "text.color": TEXT_COLOR,
    "axes.edgecolor": MUTED_COLOR,
    "axes.labelcolor": TEXT_COLOR,
    "axes.titlesize": 13.0,
    "axes.titlelocation": "left",
    "axes.titlepad": 10.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=PALETTE),
    "grid.color": GRID_COLOR,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED_COLOR,
    "ytick.color": MUTED_COLOR,
    "xtick.labelcolor": TEXT_COLOR,
    "ytick.labelcolor": TEXT_COLOR,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    # A dollar sign in the name of a class does not start a formula.
    "text.parse_math": False,
    # Without a fixed salt, the SVG writer uses random ids.
    "svg.hashsalt": "nnlab",
}


def line_style(number: int) -> dict[str, Any]:
    """Return the color and dash of a line, counted from 0, as arguments of Matplotlib's `plot`."""
    dash = DASHES[number // len(PALETTE) % len(DASHES)]
    return {"color": PALETTE[number % len(PALETTE)], "linestyle": dash}


def set_integer_ticks(axis: Axis) -> None:
    """Place the ticks of an axis at integers: epochs, trials."""
    axis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))


def log_ticks(low: float, high: float) -> NDArray[np.float64]:
    """Return ticks of shape (ticks,) for a logarithmic axis, powers of ten if they suffice.

    Args:
        low: The lower end of the axis, greater than 0.
        high: The upper end.

    Returns:
        Three to seven ascending numbers between the ends; fewer if the ends are almost equal.

    Example:
        >>> log_ticks(0.0001, 0.1).tolist()
        [0.0001, 0.001, 0.01, 0.1]
        >>> log_ticks(0.03, 0.4).tolist()
        [0.03, 0.1, 0.3]
    """
    slack = 1e-9
    decades = range(int(np.floor(np.log10(low))) - 1, int(np.ceil(np.log10(high))) + 1)
    for steps in _STEPS:
        # Parsed from text, since 3 * 0.1 is not 0.3.
        numbers = np.array([float(f"{step}e{decade}") for decade in decades for step in steps])
        inside = numbers[(numbers >= low * (1 - slack)) & (numbers <= high * (1 + slack))]
        if len(inside) >= _MIN_TICKS:
            return inside[:: -(-len(inside) // _MAX_TICKS)]
    even = np.asarray(MaxNLocator(_MIN_TICKS, min_n_ticks=_MIN_TICKS).tick_values(low, high), float)
    return even[(even >= low) & (even <= high)]


def label_log_axis(axis: Axis) -> None:
    """Label a logarithmic axis; call after everything that changes its limits."""
    low, high = sorted(axis.get_view_interval())
    axis.set_major_locator(FixedLocator(log_ticks(low, high).tolist()))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_locator(NullLocator())


def legend_below(figure: Figure, *, max_length: int = 44) -> None:
    """Add a legend of all distinct labels below the axes, each label cut to the maximum length."""
    handles: dict[str, Any] = {}
    for axes in figure.axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    if not handles:
        return
    labels = [shorten(label, max_length) for label in handles]
    width = figure.get_figwidth()
    columns = int(width * _LETTERS_PER_INCH) // (max(map(len, labels)) + _LEGEND_LINE_LETTERS)
    figure.legend(
        list(handles.values()),
        labels,
        loc="outside lower center",
        ncols=max(1, min(columns, len(labels))),
    )


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Apply the common style inside the block, regardless of the user's Matplotlib settings."""
    with mpl.rc_context():
        mpl.rcdefaults()
        # Recent Matplotlib types each key separately, older releases none.
        parameters: Any = mpl.rcParams
        parameters.update(_STYLE)
        yield


def new_figure(width: float = 10.0, height: float = 6.5, *, constrained: bool = True) -> Figure:
    """Return an empty figure; its size is in inches of 100 pixels.

    The constrained layout makes space for labels. For very many labels, measuring them takes
    longer than the drawing.
    """
    return Figure(figsize=(width, height), dpi=DPI, layout="constrained" if constrained else None)


def render(figure: Figure, kind: Literal["png", "svg"] = "png", dpi: float = DPI) -> bytes:
    """Return a figure as the bytes of a file without date or version; call inside `style`.

    A PNG is compressed to a third of its size: opaque, with a palette if it has few colors.
    """
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The font lacks some scripts; a box in place of a letter needs no warning in the terminal.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        if kind == "svg":
            figure.savefig(buffer, format=kind, metadata={"Date": None, "Creator": None})
            return buffer.getvalue()
        figure.savefig(buffer, format=kind, dpi=dpi, pil_kwargs={"compress_level": 0})
    image = Image.open(buffer).convert("RGB")
    if image.getcolors(_MAX_COLORS) is not None:
        method, dither = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
        image = image.quantize(method=method, dither=dither)
    compressed = io.BytesIO()
    image.save(compressed, "png")
    return compressed.getvalue()


def save_as(figure: Figure, path: Path, dpi: float = DPI) -> None:
    """Write a figure to a path that the user named, `.svg` or `.png`; call inside `style`."""
    check_suffix(path, (".svg", ".png"))
    content = render(figure, "svg" if path.suffix.lower() == ".svg" else "png", dpi)
    write_output_file(path, content, "Choose a file in a writable folder.")


def save(figure: Figure, path: Path) -> None:
    """Write a figure of a run atomically as PNG; call inside `style`."""
    content = render(figure)
    with translate_os_errors(path):
        atomic_write(path, content)
