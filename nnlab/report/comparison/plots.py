"""The plots of a comparison: means with intervals, and curves with bands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.analysis.bands import Histories, bands, curve_columns, read_histories

if TYPE_CHECKING:
    from nnlab.analysis.variants import VariantTable

INTERVALS = "variants"
"""The name of the plot of all means; the other plots are named by their column."""


@dataclass(frozen=True)
class ComparisonPlot:
    """A plot that can be drawn.

    Args:
        name: Its name without a suffix, such as `variants` or `val_loss`.
        variants: The variants that it shows.
        draw: Draws it into a PNG file; imports Matplotlib when called.
    """

    name: str
    variants: tuple[str, ...]
    draw: Callable[[Path], None]


def comparison_plots(path: Path, table: VariantTable, title: str) -> Iterator[ComparisonPlot]:
    """Yield the plots of a comparison in a folder; at least one run must be complete."""
    shown = tuple(row.name for row in table.rows if row.mean is not None)
    yield ComparisonPlot(INTERVALS, shown, partial(_draw_intervals, table, title))
    histories = read_histories(path, table)
    for column in curve_columns(table.metric, histories):
        variants = tuple(
            name for name, runs in histories.items() if any(column in history for history in runs)
        )
        yield ComparisonPlot(
            column, variants, partial(_draw_bands, table, title, histories, column)
        )


def write_comparison_plots(path: Path, table: VariantTable, name: str) -> Iterator[Path]:
    """Draw the plots of a comparison into its folder, and yield each file."""
    for plot in comparison_plots(path, table, name):
        file = path / "plots" / f"{plot.name}.png"
        plot.draw(file)
        yield file


def _draw_intervals(table: VariantTable, title: str, file: Path) -> None:
    from nnlab.report.plots.comparison import plot_intervals

    plot_intervals(table, file, title=title)


def _draw_bands(
    table: VariantTable, title: str, histories: Histories, column: str, file: Path
) -> None:
    from nnlab.report.plots.comparison import plot_bands

    by_variant = bands(histories, column, table.metric_spec.bounds(column))
    plot_bands(by_variant, column, file, title=title, names=[row.name for row in table.rows])
