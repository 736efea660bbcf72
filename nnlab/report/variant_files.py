"""The pictures that a comparison leaves beside its records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.compare.bands import bands, curve_columns, read_histories

if TYPE_CHECKING:
    from nnlab.compare.variants import VariantTable


def write_variant_files(path: Path, table: VariantTable, name: str) -> Iterator[Path]:
    """Draws a dot and interval for each variant, and curves with bands.

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
    from nnlab.report.plots.variants import plot_bands, plot_intervals

    plots = path / "plots"
    picture = plots / "variants.png"
    plot_intervals(table, picture, title=name)
    yield picture
    names = [row.name for row in table.rows]
    histories = read_histories(path, table)
    for column in curve_columns(table.metric, histories):
        picture = plots / f"{column}.png"
        found = bands(histories, column, table.meaning.within(column))
        plot_bands(found, column, picture, title=name, names=names)
        yield picture
