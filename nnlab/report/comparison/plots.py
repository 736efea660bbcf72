"""The pictures of a comparison: beside its records, and in its report."""

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
"""The picture of all means; the others are called by the column that they show."""


@dataclass(frozen=True)
class ComparisonPlot:
    """A picture that can be drawn.

    Args:
        name: Its name, without a suffix: `variants`, `val_loss`.
        variants: The variants that it shows.
        draw: Draws it into a file, PNG; what that takes is loaded then.
    """

    name: str
    variants: tuple[str, ...]
    draw: Callable[[Path], None]


def comparison_plots(path: Path, table: VariantTable, title: str) -> Iterator[ComparisonPlot]:
    """The pictures of a comparison: a dot and interval for each variant, and curves with bands.

    Args:
        path: The comparison's folder, with its runs in it.
        table: Its variants; one at least has a complete run.
        title: The comparison's name.

    Yields:
        Each picture.

    Raises:
        DataError: The metrics of a run cannot be read.
    """
    shown = tuple(row.name for row in table.rows if row.mean is not None)
    yield ComparisonPlot(INTERVALS, shown, partial(_draw_intervals, table, title))
    histories = read_histories(path, table)
    for column in curve_columns(table.metric, histories):
        having = (
            name for name, several in histories.items() if any(column in one for one in several)
        )
        draw = partial(_draw_bands, table, title, histories, column)
        yield ComparisonPlot(column, tuple(having), draw)


def write_variant_files(path: Path, table: VariantTable, name: str) -> Iterator[Path]:
    """Draws the pictures of a comparison into its folder.

    Args:
        path: The comparison's folder, with its runs in it.
        table: Its variants; one at least has a complete run.
        name: The comparison's name.

    Yields:
        Each file as it is drawn: `plots/variants.png`, `plots/val_loss.png`, ...

    Raises:
        DataError: The metrics of a run cannot be read.
        RunFailedError: The disk refused.
    """
    for picture in comparison_plots(path, table, name):
        file = path / "plots" / f"{picture.name}.png"
        picture.draw(file)
        yield file


def _draw_intervals(table: VariantTable, title: str, file: Path) -> None:
    from nnlab.report.plots.comparison import plot_intervals

    plot_intervals(table, file, title=title)


def _draw_bands(
    table: VariantTable, title: str, histories: Histories, column: str, file: Path
) -> None:
    from nnlab.report.plots.comparison import plot_bands

    found = bands(histories, column, table.meaning.within(column))
    plot_bands(found, column, file, title=title, names=[row.name for row in table.rows])
