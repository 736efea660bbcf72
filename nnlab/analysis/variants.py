"""The variants of a comparison: means, differences to the baseline, and curves with bands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from nnlab.analysis.comparability import MetricSpec
from nnlab.analysis.statistics import (
    UNBOUNDED,
    Bounds,
    Mean,
    PairedTest,
    is_rounding_error,
    mean,
    paired_test,
    with_holm,
)
from nnlab.config.metrics import Direction
from nnlab.errors import RunNotFoundError
from nnlab.runs import RunRecord, RunStatus, read_run
from nnlab.runs.io.metrics_csv import read_history
from nnlab.runs.records.comparison import ComparisonFiles, read_comparison_record
from nnlab.runs.records.run import common_direction

Histories = Mapping[str, Sequence[Mapping[str, Sequence[float]]]]
"""The columns of metrics.csv of each run, by variant."""


@dataclass(frozen=True)
class VariantRuns:
    """The runs of a variant.

    Args:
        name: The variant's name.
        changes: Its changes to the base, by dotted key.
        records: The record of each seed's run, without the seeds that have not run.
        file: The file of a variant that is a complete config; None for changes to the base.
    """

    name: str
    changes: Mapping[str, Any]
    records: Mapping[int, RunRecord]
    file: str | None = None


@dataclass(frozen=True)
class VariantRow:
    """The results of a variant.

    Args:
        name: The variant's name.
        changes: Its changes to the base, by dotted key.
        file: The file of a variant that is a complete config; None for changes to the base.
        values: The metric of each complete run, by seed.
        failures: The reason of each failed run, by seed.
        mean: The mean of the values; None if no run is complete.
        test: The test of the difference to the baseline, over the common seeds; None for the
            baseline itself, and if there are no common seeds.
        epochs: The mean number of epochs of a run.
        best_epoch: The mean of the epochs that the runs report on.
        seconds: Mean seconds of a run by name: `fit_s`, `epoch_s`, `total_s`.
        params: The number of the model's parameters.
    """

    name: str
    changes: Mapping[str, Any]
    file: str | None
    values: Mapping[int, float]
    failures: Mapping[int, str]
    mean: Mean | None
    test: PairedTest | None = None
    epochs: float | None = None
    best_epoch: float | None = None
    seconds: Mapping[str, float] | None = None
    params: int | None = None

    @property
    def finished_runs(self) -> int:
        """The number of complete and failed runs."""
        return len(self.values) + len(self.failures)

    def to_dict(self) -> dict[str, Any]:
        """Return the row for JSON."""
        test = self.test
        return {
            "name": self.name,
            "changes": dict(self.changes),
            "file": self.file,
            "mean": self.mean.value if self.mean else None,
            "interval": _interval(self.mean),
            "seeds": len(self.values),
            "failed": len(self.failures),
            "values": dict(self.values),
            "failures": dict(self.failures),
            "difference": test.difference.value if test else None,
            "difference_interval": _interval(test.difference) if test else None,
            "p": test.p_value if test else None,
            "p_holm": test.adjusted_p if test else None,
            "is_significant": test.is_significant if test else None,
            "epochs": self.epochs,
            "best_epoch": self.best_epoch,
            "params": self.params,
            **(self.seconds or {}),
        }


@dataclass(frozen=True)
class VariantTable:
    """The results of a comparison.

    Args:
        metric: The metric that is compared.
        direction: Whether smaller or larger is better; None if no run has recorded it.
        baseline: The variant that the others are tested against.
        seeds: The seeds of each variant.
        rows: The variants, in the order of the file.
        metric_spec: What the configs imply about the metric.
    """

    metric: str
    direction: Direction | None
    baseline: str
    seeds: tuple[int, ...]
    rows: tuple[VariantRow, ...]
    metric_spec: MetricSpec = field(default_factory=MetricSpec)

    @property
    def bounds(self) -> Bounds:
        """The possible values of the metric."""
        return self.metric_spec.bounds(self.metric)

    @property
    def remaining_runs(self) -> int:
        """The number of runs that are not finished."""
        return sum(len(self.seeds) - row.finished_runs for row in self.rows)

    def row(self, name: str) -> VariantRow:
        """Return the row of a variant."""
        return next(row for row in self.rows if row.name == name)

    @property
    def best(self) -> VariantRow | None:
        """The variant with the best mean; None if all are equal, incomparable or not finished."""
        rows = [row for row in self.rows if row.mean is not None]
        values = [row.mean.value for row in rows if row.mean is not None]
        is_open = self.direction is None or self.metric_spec.not_comparable or self.remaining_runs
        if is_open or not values:
            return None
        if is_rounding_error(max(values) - min(values), values):
            return None
        choose = max if self.direction == "max" else min
        return choose(rows, key=lambda row: row.mean.value if row.mean else math.nan)

    def is_best(self, row: VariantRow) -> bool:
        """Return whether no variant has a better mean; several may share the best."""
        best = self.best
        if best is None or best.mean is None or row.mean is None:
            return False
        means = best.mean.value, row.mean.value
        return is_rounding_error(means[0] - means[1], means)

    def improvement(self, row: VariantRow) -> float | None:
        """Return by how much a variant is better than the baseline; negative if it is worse."""
        if row.test is None:
            return None
        difference = row.test.difference.value
        return -difference if self.direction == "min" else difference


def variant_table(
    metric: str,
    baseline: str,
    seeds: Sequence[int],
    variants: Sequence[VariantRuns],
    metric_spec: MetricSpec | None = None,
) -> VariantTable:
    """Compare variants by the records of their runs.

    All tests are corrected together by Holm's method. A variant whose metric is not comparable to
    the baseline's is not tested.
    """
    metric_spec = metric_spec or MetricSpec()
    bounds = metric_spec.bounds(metric)
    rows = [_row(variant, metric, bounds) for variant in variants]
    base = next(row for row in rows if row.name == baseline)
    tests = [
        None
        if row is base or row.name in metric_spec.not_comparable
        else paired_test(row.values, base.values, bounds)
        for row in rows
    ]
    adjusted = iter(with_holm([test for test in tests if test is not None]))
    tested = [
        row if test is None else replace(row, test=next(adjusted))
        for row, test in zip(rows, tests, strict=True)
    ]
    records = (record for variant in variants for record in variant.records.values())
    direction = common_direction(records, metric)
    return VariantTable(metric, direction, baseline, tuple(seeds), tuple(tested), metric_spec)


def read_variants(path: Path) -> VariantTable:
    """Compare the variants of a comparison by the runs in its folder, finished or not."""
    comparison = read_comparison_record(path)
    files = ComparisonFiles(path)
    variants = [
        VariantRuns(
            row["name"],
            row["changes"],
            read_records(files, row["name"], comparison.seeds),
            row.get("file"),
        )
        for row in comparison.variants
    ]
    spec = comparison.metric_spec
    metric_spec = MetricSpec(
        dict(spec.get("not_comparable") or {}),
        tuple(map(str, comparison.notes)),
        tuple(spec.get("nonnegative_losses") or ()),
    )
    return variant_table(
        comparison.metric, comparison.baseline, comparison.seeds, variants, metric_spec
    )


def read_records(
    files: ComparisonFiles, variant: str, seeds: Iterable[int]
) -> dict[int, RunRecord]:
    """Read the record of each seed's run of a variant, without the seeds that have not run."""
    records = {}
    for seed in seeds:
        try:
            records[seed] = read_run(files.run(variant, seed)).record
        except RunNotFoundError:
            continue
    return records


def _row(variant: VariantRuns, metric: str, bounds: Bounds) -> VariantRow:
    """Return a variant's row, without its test."""
    values: dict[int, float] = {}
    failures: dict[int, str] = {}
    for seed, record in variant.records.items():
        value = record.metrics.get(metric, math.nan)
        if record.status is RunStatus.COMPLETE and math.isfinite(value):
            values[seed] = value
        elif record.status is RunStatus.COMPLETE:
            failures[seed] = f"It has no finite {metric}."
        # A killed process leaves no end time: its run is repeated.
        elif record.status is RunStatus.FAILED and record.finished is not None:
            failures[seed] = record.error or "It failed."
    complete = [variant.records[seed] for seed in values]
    return VariantRow(
        variant.name,
        variant.changes,
        variant.file,
        values,
        failures,
        mean(list(values.values()), bounds) if values else None,
        epochs=_finite_mean([record.epochs_run for record in complete]),
        best_epoch=_finite_mean([record.best_epoch for record in complete]),
        seconds={
            name: seconds
            for name in ("fit_s", "epoch_s", "total_s")
            if (seconds := _finite_mean([record.timing.get(name) for record in complete]))
            is not None
        },
        params=next((record.params for record in variant.records.values()), None),
    )


def _finite_mean(values: Sequence[float | None]) -> float | None:
    finite = [value for value in values if value is not None and math.isfinite(value)]
    return fmean(finite) if finite else None


def _interval(mean: Mean | None) -> list[float] | None:
    if mean is None or mean.low is None or mean.high is None:
        return None
    return [mean.low, mean.high]


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
