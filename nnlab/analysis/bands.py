"""Curves over seeds: the mean of each epoch with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.analysis.metric_bounds import ANY, Bounds
from nnlab.analysis.statistics import mean
from nnlab.analysis.variants import VariantTable
from nnlab.runs.io.metrics_csv import read_history
from nnlab.runs.records.comparison import ComparisonFiles

Histories = Mapping[str, Sequence[Mapping[str, Sequence[float]]]]


@dataclass(frozen=True)
class Band:
    """A metric over the epochs, over several seeds.

    Args:
        mean: The mean [epochs].
        low: The lower end [epochs] of its 95 % interval; the mean, where there is one seed.
        high: The upper end [epochs].
    """

    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def band(curves: Sequence[Sequence[float]], within: Bounds = ANY) -> Band:
    """The band of some curves, as far as all of them go.

    Beyond the end of the shortest, which stopped early, a mean would jump by who is left.

    Args:
        curves: Values [epochs] for each seed.
        within: Which values there can be.

    Returns:
        The band.

    Example:
        >>> band([[0.5, 0.4, 0.1], [0.7, 0.6]]).mean
        (0.6, 0.5)
    """
    means = [mean(values, within) for values in zip(*curves, strict=False)]
    return Band(
        tuple(one.value for one in means),
        tuple(one.value if one.low is None else one.low for one in means),
        tuple(one.value if one.high is None else one.high for one in means),
    )


def read_histories(path: Path, table: VariantTable) -> dict[str, list[dict[str, list[float]]]]:
    """The columns of metrics.csv of each complete run of a comparison.

    Args:
        path: The comparison's folder.
        table: Its variants.

    Returns:
        For each variant, the columns of its runs.

    Raises:
        DataError: A file cannot be read.
    """
    files = ComparisonFiles(path)
    return {
        row.name: [read_history(files.run(row.name, seed) / "metrics.csv") for seed in row.values]
        for row in table.rows
        if row.values
    }


def bands(histories: Histories, column: str, within: Bounds = ANY) -> dict[str, Band]:
    """The band of a column for each variant.

    Args:
        histories: As `read_histories` gives them.
        column: A column of metrics.csv, `val_loss`.
        within: Which values it can have.

    Returns:
        Bands by variant; those without the column are left out.
    """
    curves = {
        name: [history[column] for history in several if column in history]
        for name, several in histories.items()
    }
    return {name: band(several, within) for name, several in curves.items() if several}


def curve_columns(metric: str, histories: Histories) -> list[str]:
    """What of metrics.csv tells how a metric came about: that metric and the loss.

    Args:
        metric: What is compared; a test metric has no curve: that of validation stands in for it.
        histories: As `read_histories` gives them.

    Returns:
        Columns, on validation rows where there are any.

    Example:
        >>> curve_columns("test_mae", {"a": [{"loss": [1.0], "mae": [1.0], "val_mae": [2.0]}]})
        ['val_mae', 'loss']
    """
    logged = {column for several in histories.values() for each in several for column in each}
    plain = metric.removeprefix("test_").removeprefix("val_")
    found = (
        next((column for column in (f"val_{name}", name) if column in logged), None)
        for name in dict.fromkeys([plain, "loss"])
    )
    return [column for column in found if column is not None]
