"""A model as a picture: a box for each layer, an arrow for each tensor. Needs no system program."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextToPath

from nnlab.report.plots.figure import DPI, INK, QUIET, draw_into, style
from nnlab.report.plots.graph_layout import Edge, Layout, Point, lay_out
from nnlab.report.text.model_summary import LayerRow, ModelSummary, shape_text
from nnlab.report.text.numbers import count_text
from nnlab.report.text.phrases import PICTURES, check_suffix
from nnlab.text import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# All lengths are points, 1/72 inch.
_TITLE_SIZE, _TEXT_SIZE = 10.5, 9.0
_PADDING, _LINE, _HEIGHT = 10.0, 15.0, 42.0
_MARGIN, _HEAD = 16.0, 34.0
_ARROW_LENGTH, _ARROW_WIDTH = 7.0, 6.0
_LONGEST = 36
_LARGEST_PIXELS = 30_000

_MERGING = {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"}
_FILLS = {
    "input": "#e3f1ea",
    "weights": "#dfeaf5",
    "merging": "#fbe9d7",
    "plain": "#f2f2f2",
}
_EDGES = {"input": "#009e73", "weights": "#0072b2", "merging": "#d55e00", "plain": "#8c8c8c"}


def draw(summary: ModelSummary, path: Path) -> None:
    """Draws a model into a file.

    Args:
        summary: The model.
        path: The file, `.svg` or `.png`; its folder is made where there is none.

    Raises:
        RequestError: The file's suffix is another, or the file cannot be written.
    """
    check_suffix(path, PICTURES, "a picture")
    with style():
        figure = _figure(summary)
        # The longest pictures would not fit into the renderer's memory at the usual sharpness.
        draw_into(path, figure, min(1.2 * DPI, _LARGEST_PIXELS / max(figure.get_size_inches())))


@dataclass(frozen=True)
class _Box:
    """A layer in words, and how large its box is."""

    name: str
    type: str
    text: str
    kind: str
    size: tuple[float, float]


def _figure(summary: ModelSummary) -> Figure:
    """The whole drawing."""
    boxes = {layer.name: _box(layer) for layer in summary.layers}
    edges: list[Edge] = [
        (source, layer.name)
        for layer in summary.layers
        for source in layer.inbound
        if source in boxes
    ]
    sizes = {name: box.size for name, box in boxes.items()}
    branches = len(edges) >= len(boxes)
    layout = lay_out(sizes, edges, gap_y=30 if branches else 20)
    head = f"{_short(summary.name)}: {plural(summary.params, 'parameter')}"
    width = max(layout.width, _text_width(head, _TITLE_SIZE + 2, bold=True)) + 2 * _MARGIN
    height = layout.height + _HEAD + 2 * _MARGIN
    figure = Figure(figsize=(width / 72, height / 72), dpi=DPI)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    left = (width - layout.width) / 2
    axes.set_xlim(-left, width - left)
    axes.set_ylim(height - _HEAD - _MARGIN, -_HEAD - _MARGIN)
    axes.axis("off")
    axes.text(
        layout.width / 2,
        -_HEAD / 2 - _MARGIN / 2,
        head,
        size=_TITLE_SIZE + 2,
        weight="bold",
        ha="center",
        va="center",
    )
    for route in _spread(layout, boxes).values():
        _draw_arrow(axes, route)
    for name, box in boxes.items():
        _draw_box(axes, box, layout.centres[name])
    return figure


def _box(layer: LayerRow) -> _Box:
    """A layer's words and the size of the box they need."""
    shapes = []
    if layer.input_shapes:
        shapes.append("in " + _short(", ".join(map(shape_text, layer.input_shapes))))
    shapes.append("out " + shape_text(layer.output_shape))
    if layer.params:
        shapes.append(plural(layer.params, "parameter"))
    fixed = layer.params - layer.trainable
    if fixed:
        shapes[-1] += f" ({count_text(fixed)} fixed)" if layer.trainable else " (fixed)"
    text = "   ".join(shapes)
    name, kind = _short(layer.name), _short(layer.type)
    title = _text_width(name, _TITLE_SIZE, bold=True) + 8 + _text_width(kind, _TEXT_SIZE)
    width = max(title, _text_width(text, _TEXT_SIZE)) + 2 * _PADDING
    return _Box(name, kind, text, _kind(layer), (max(width, 130.0), _HEIGHT))


def _kind(layer: LayerRow) -> str:
    """What colour a layer has."""
    if not layer.inbound and (not layer.input_shapes or layer.type == "InputLayer"):
        return "input"
    if layer.type in _MERGING:
        return "merging"
    return "weights" if layer.params else "plain"


def _short(text: str) -> str:
    """A text that cannot make a box wider than a page."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is, in points."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    exact: float = TextToPath().get_text_width_height_descent(text, font, ismath=False)[0]
    # Few pixels a letter are rounded up: a PNG's text comes out wider than its outline.
    return 1.06 * exact


def _spread(layout: Layout, boxes: dict[str, _Box]) -> dict[Edge, list[Point]]:
    """The arrows' routes, with their ends side by side where several share a box."""
    routes = {edge: list(route) for edge, route in layout.routes.items()}
    for end, near in ((0, 1), (-1, -2)):
        for name, box in boxes.items():
            # From where each arrow comes, or goes, decides which of them is the leftmost.
            sharing = sorted(
                (edge for edge in routes if edge[end] == name),
                key=lambda edge: routes[edge][near][0],
            )
            room = min(box.size[0] - 40, 34.0 * (len(sharing) - 1))
            for i, edge in enumerate(sharing):
                shift = room * (i / (len(sharing) - 1) - 0.5) if len(sharing) > 1 else 0.0
                x, y = routes[edge][end]
                routes[edge][end] = (x + shift, y)
    return routes


def _draw_arrow(axes: Axes, route: list[Point]) -> None:
    """Draws an arrow that leaves, arrives and passes ranks straight down."""
    (x_end, y_end) = route[-1]
    points = [*route[:-1], (x_end, y_end - _ARROW_LENGTH)]
    vertices, codes = [points[0]], [Outline.MOVETO]
    # Points come in pairs around the ranks, so every second piece bends between two ranks.
    for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        if i % 2 or abs(x0 - x1) < 0.5:  # noqa: PLR2004 - half a point is straight to the eye
            vertices.append((x1, y1))
            codes.append(Outline.LINETO)
        else:
            middle = (y0 + y1) / 2
            vertices += [(x0, middle), (x1, middle), (x1, y1)]
            codes += [Outline.CURVE4] * 3
    axes.add_patch(PathPatch(Outline(vertices, codes), fill=False, edgecolor=QUIET, linewidth=1.2))
    half = _ARROW_WIDTH / 2
    base = y_end - _ARROW_LENGTH
    tip = [(x_end - half, base), (x_end + half, base), (x_end, y_end)]
    axes.add_patch(Polygon(tip, facecolor=QUIET, edgecolor="none"))


def _draw_box(axes: Axes, box: _Box, centre: Point) -> None:
    """Draws a layer's box and its words."""
    width, height = box.size
    x, y = centre
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=5",
            facecolor=_FILLS[box.kind],
            edgecolor=_EDGES[box.kind],
            linewidth=1.2,
        )
    )
    left = x - width / 2 + _PADDING
    upper, lower = y - _LINE / 2, y + _LINE / 2 + 1
    axes.text(left, upper, box.name, size=_TITLE_SIZE, weight="bold", va="center", color=INK)
    right = x + width / 2 - _PADDING
    axes.text(right, upper, box.type, size=_TEXT_SIZE, va="center", ha="right", color=QUIET)
    axes.text(left, lower, box.text, size=_TEXT_SIZE, va="center", color=INK)
