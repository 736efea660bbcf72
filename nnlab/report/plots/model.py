"""The graph of a model: a box per layer, an arrow per tensor. Graphviz is not needed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path as MatplotlibPath
from matplotlib.textpath import TextToPath

from nnlab.report.plots.figure import DPI, MUTED_COLOR, TEXT_COLOR, save_as, style
from nnlab.report.plots.graph_layout import Edge, Layout, Point, compute_layout
from nnlab.report.text.formatting import format_count
from nnlab.report.text.model_summary import LayerRow, ModelSummary, format_shape
from nnlab.text import plural, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# All lengths are in points, 1/72 inch.
_TITLE_SIZE, _TEXT_SIZE = 10.5, 9.0
_BOX_PADDING, _LINE_HEIGHT, _BOX_HEIGHT, _MIN_BOX_WIDTH = 10.0, 15.0, 42.0, 130.0
_MARGIN, _HEADING_HEIGHT = 16.0, 34.0
_ARROW_LENGTH, _ARROW_WIDTH = 7.0, 6.0
_MAX_LENGTH = 36
_MAX_PIXELS = 30_000

_MERGE_LAYERS = {
    "Add",
    "Subtract",
    "Multiply",
    "Average",
    "Maximum",
    "Minimum",
    "Concatenate",
    "Dot",
}
_FILLS = {
    "input": "#e3f1ea",
    "weights": "#dfeaf5",
    "merge": "#fbe9d7",
    "plain": "#f2f2f2",
}
_EDGES = {"input": "#009e73", "weights": "#0072b2", "merge": "#d55e00", "plain": "#8c8c8c"}


def plot_model(summary: ModelSummary, path: Path) -> None:
    """Draw a model into an `.svg` or `.png` file; the folder is created if missing."""
    with style():
        boxes = {layer.name: _box(layer) for layer in summary.layers}
        edges: list[Edge] = [
            (source, layer.name)
            for layer in summary.layers
            for source in layer.inbound
            if source in boxes
        ]
        sizes = {name: box.size for name, box in boxes.items()}
        has_branches = len(edges) >= len(boxes)
        layout = compute_layout(sizes, edges, gap_y=30 if has_branches else 20)
        heading = f"{shorten(summary.name, _MAX_LENGTH)}: {plural(summary.params, 'parameter')}"
        width = max(layout.width, _text_width(heading, _TITLE_SIZE + 2, bold=True)) + 2 * _MARGIN
        height = layout.height + _HEADING_HEIGHT + 2 * _MARGIN
        figure = Figure(figsize=(width / 72, height / 72), dpi=DPI)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        left = (width - layout.width) / 2
        axes.set_xlim(-left, width - left)
        axes.set_ylim(height - _HEADING_HEIGHT - _MARGIN, -_HEADING_HEIGHT - _MARGIN)
        axes.axis("off")
        axes.text(
            layout.width / 2,
            -_HEADING_HEIGHT / 2 - _MARGIN / 2,
            heading,
            size=_TITLE_SIZE + 2,
            weight="bold",
            ha="center",
            va="center",
        )
        for route in _separate_ends(layout, boxes).values():
            _draw_arrow(axes, route)
        for name, box in boxes.items():
            _draw_box(axes, box, layout.centers[name])
        # At the usual resolution, very deep models would exceed the renderer's memory.
        dpi = min(1.2 * DPI, _MAX_PIXELS / max(figure.get_size_inches()))
        save_as(figure, path, dpi)


@dataclass(frozen=True)
class _Box:
    """The texts of a layer and the size of its box."""

    name: str
    type: str
    text: str
    kind: str
    size: tuple[float, float]


def _box(layer: LayerRow) -> _Box:
    """Return the texts of a layer, the kind that decides its color, and the size of its box."""
    parts = []
    if layer.input_shapes:
        shapes = ", ".join(map(format_shape, layer.input_shapes))
        parts.append("in " + shorten(shapes, _MAX_LENGTH))
    parts.append("out " + format_shape(layer.output_shape))
    if layer.params:
        parts.append(plural(layer.params, "parameter"))
    frozen = layer.params - layer.trainable
    if frozen:
        count = f"{format_count(frozen)} " if layer.trainable else ""
        parts[-1] += f" ({count}non-trainable)"
    text = "   ".join(parts)
    name, layer_type = shorten(layer.name, _MAX_LENGTH), shorten(layer.type, _MAX_LENGTH)
    title = _text_width(name, _TITLE_SIZE, bold=True) + 8 + _text_width(layer_type, _TEXT_SIZE)
    width = max(title, _text_width(text, _TEXT_SIZE)) + 2 * _BOX_PADDING
    kind = "weights" if layer.params else "plain"
    if not layer.inbound and (not layer.input_shapes or layer.type == "InputLayer"):
        kind = "input"
    elif layer.type in _MERGE_LAYERS:
        kind = "merge"
    return _Box(name, layer_type, text, kind, (max(width, _MIN_BOX_WIDTH), _BOX_HEIGHT))


def _text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text in points."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    width: float = TextToPath().get_text_width_height_descent(text, font, ismath=False)[0]
    # The glyph widths of a PNG are rounded up to pixels.
    return 1.06 * width


def _separate_ends(layout: Layout, boxes: dict[str, _Box]) -> dict[Edge, list[Point]]:
    """Return the routes of the arrows, with the ends that share a box side by side."""
    routes = {edge: list(route) for edge, route in layout.routes.items()}
    for end, near in ((0, 1), (-1, -2)):
        for name, box in boxes.items():
            # Sorted by their other ends from left to right, arrows do not cross.
            sharing = sorted(
                (edge for edge in routes if edge[end] == name),
                key=lambda edge: routes[edge][near][0],
            )
            width = min(box.size[0] - 40, 34.0 * (len(sharing) - 1))
            for i, edge in enumerate(sharing):
                shift = width * (i / (len(sharing) - 1) - 0.5) if len(sharing) > 1 else 0.0
                x, y = routes[edge][end]
                routes[edge][end] = (x + shift, y)
    return routes


def _draw_arrow(axes: Axes, route: list[Point]) -> None:
    """Draw an arrow that is vertical at its ends and where it passes a rank."""
    (x_end, y_end) = route[-1]
    points = [*route[:-1], (x_end, y_end - _ARROW_LENGTH)]
    vertices, codes = [points[0]], [MatplotlibPath.MOVETO]
    # The points are pairs around the ranks: every second segment bends between two ranks.
    for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        if i % 2 or abs(x0 - x1) < 0.5:  # noqa: PLR2004 - half a point is not visible
            vertices.append((x1, y1))
            codes.append(MatplotlibPath.LINETO)
        else:
            middle = (y0 + y1) / 2
            vertices += [(x0, middle), (x1, middle), (x1, y1)]
            codes += [MatplotlibPath.CURVE4] * 3
    axes.add_patch(
        PathPatch(MatplotlibPath(vertices, codes), fill=False, edgecolor=MUTED_COLOR, linewidth=1.2)
    )
    half = _ARROW_WIDTH / 2
    base = y_end - _ARROW_LENGTH
    tip = [(x_end - half, base), (x_end + half, base), (x_end, y_end)]
    axes.add_patch(Polygon(tip, facecolor=MUTED_COLOR, edgecolor="none"))


def _draw_box(axes: Axes, box: _Box, center: Point) -> None:
    """Draw the box of a layer and its texts."""
    width, height = box.size
    x, y = center
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
    left = x - width / 2 + _BOX_PADDING
    upper, lower = y - _LINE_HEIGHT / 2, y + _LINE_HEIGHT / 2 + 1
    axes.text(left, upper, box.name, size=_TITLE_SIZE, weight="bold", va="center", color=TEXT_COLOR)
    right = x + width / 2 - _BOX_PADDING
    axes.text(right, upper, box.type, size=_TEXT_SIZE, va="center", ha="right", color=MUTED_COLOR)
    axes.text(left, lower, box.text, size=_TEXT_SIZE, va="center", color=TEXT_COLOR)
