"""Curves over several seeds: the mean of each epoch with its confidence interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.analysis.metric_bounds import UNBOUNDED, Bounds
from nnlab.analysis.statistics import mean
from nnlab.analysis.variants import VariantTable
from nnlab.runs.io.metrics_csv import read_history
from nnlab.runs.records.comparison import ComparisonFiles

Histories = Mapping[str, Sequence[Mapping[str, Sequence[float]]]]
"""The columns of metrics.csv of each run, by variant."""


@dataclass(frozen=True)
class Band:
    """A metric over the epochs, over several seeds.

    Args:
        mean: The mean, [epochs].
        low: The lower end of its 95 % interval, [epochs]; the mean if there is only one seed.
        high: The upper end, [epochs].
    """

    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def band(curves: Sequence[Sequence[float]], bounds: Bounds = UNBOUNDED) -> Band:
    """Compute the band of some curves, up to the end of the shortest.

    Beyond it, the mean would jump, because the run that stopped early drops out.

    Example:
        >>> band([[0.5, 0.4, 0.1], [0.7, 0.6]]).mean
        (0.6, 0.5)
    """
    means = [mean(values, bounds) for values in zip(*curves, strict=False)]
    return Band(
        tuple(epoch.value for epoch in means),
        tuple(epoch.value if epoch.low is None else epoch.low for epoch in means),
        tuple(epoch.value if epoch.high is None else epoch.high for epoch in means),
    )


def read_histories(path: Path, table: VariantTable) -> dict[str, list[dict[str, list[float]]]]:
    """Read metrics.csv of each complete run of a comparison, by variant."""
    files = ComparisonFiles(path)
    return {
        row.name: [read_history(files.run(row.name, seed) / "metrics.csv") for seed in row.values]
        for row in table.rows
        if row.values
    }


def bands(histories: Histories, column: str, bounds: Bounds = UNBOUNDED) -> dict[str, Band]:
    """Compute the band of a column for each variant.

    Args:
        histories: The columns of metrics.csv of each run, by variant.
        column: A column of metrics.csv, such as `val_loss`.
        bounds: The possible values of the column. Defaults to unbounded.

    Returns:
        The bands by variant, without the variants that lack the column.
    """
    curves = {
        name: [history[column] for history in runs if column in history]
        for name, runs in histories.items()
    }
    return {name: band(values, bounds) for name, values in curves.items() if values}


def curve_columns(metric: str, histories: Histories) -> list[str]:
    """Return the columns of metrics.csv to plot for a metric: the metric and the loss.

    On validation rows if logged; a test metric has no curve.

    Example:
        >>> curve_columns("test_mae", {"a": [{"loss": [1.0], "mae": [1.0], "val_mae": [2.0]}]})
        ['val_mae', 'loss']
    """
    logged = {column for runs in histories.values() for history in runs for column in history}
    plain = metric.removeprefix("test_").removeprefix("val_")
    columns = (
        next((column for column in (f"val_{name}", name) if column in logged), None)
        for name in dict.fromkeys([plain, "loss"])
    )
    return [column for column in columns if column is not None]
