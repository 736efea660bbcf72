"""The variants of a comparison, each with what came of its runs and how it differs by chance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from nnlab.analysis.comparability import MetricSpec
from nnlab.analysis.metric_bounds import Bounds
from nnlab.analysis.statistics import (
    Mean,
    PairedTest,
    is_rounding,
    mean,
    paired_test,
    with_holm,
)
from nnlab.config.direction import Direction
from nnlab.errors import RunNotFoundError
from nnlab.runs import RunRecord, RunStatus, read_run
from nnlab.runs.records.comparison import ComparisonFiles, read_comparison_record
from nnlab.runs.records.run import common_direction


@dataclass(frozen=True)
class VariantRuns:
    """The runs of a variant, as far as there are any.

    Args:
        name: The variant's name.
        changes: What it changes, by dotted key.
        records: The record of each seed's run; a seed that was not run yet has none.
        file: The whole config that it is; None for changes of the base.
    """

    name: str
    changes: Mapping[str, Any]
    records: Mapping[int, RunRecord]
    file: str | None = None


@dataclass(frozen=True)
class VariantRow:
    """What came of a variant.

    Args:
        name: Its name.
        changes: What it changes, by dotted key.
        file: The whole config that it is; None for changes of the base.
        values: The metric of each complete run, by seed.
        failures: Why a run failed, by seed.
        mean: The mean of the values; None where no run is complete.
        test: The difference to the baseline over common seeds; None for the baseline itself, and
            where there are no common seeds.
        epochs: Epochs a run, on average.
        best_epoch: The epoch that a run reports on, on average.
        seconds: Mean seconds a run by name: `fit_s`, `epoch_s`, `total_s`.
        params: Weights of the model.
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
    def ended(self) -> int:
        """How many runs came to an end, good or bad."""
        return len(self.values) + len(self.failures)

    def to_dict(self) -> dict[str, Any]:
        """The row for JSON."""
        middle, test = self.mean, self.test
        return {
            "name": self.name,
            "changes": dict(self.changes),
            "file": self.file,
            "mean": middle.value if middle else None,
            "interval": _interval(middle),
            "seeds": len(self.values),
            "failed": len(self.failures),
            "values": dict(self.values),
            "failures": dict(self.failures),
            "difference": test.difference.value if test else None,
            "difference_interval": _interval(test.difference) if test else None,
            "p": test.p if test else None,
            "p_holm": test.adjusted if test else None,
            "is_shown": test.is_shown if test else None,
            "epochs": self.epochs,
            "best_epoch": self.best_epoch,
            "params": self.params,
            **(self.seconds or {}),
        }


@dataclass(frozen=True)
class VariantTable:
    """A comparison of variants.

    Args:
        metric: What is compared.
        direction: Whether smaller or larger is better; None where no run has said it.
        baseline: The variant that the others are tested against.
        seeds: The seeds that each variant is trained with.
        rows: The variants, in the order of the file.
        meaning: What the configs tell of the metric.
    """

    metric: str
    direction: Direction | None
    baseline: str
    seeds: tuple[int, ...]
    rows: tuple[VariantRow, ...]
    meaning: MetricSpec = field(default_factory=MetricSpec)

    @property
    def within(self) -> Bounds:
        """Which values the metric can have."""
        return self.meaning.within(self.metric)

    @property
    def left(self) -> int:
        """How many runs are still to do."""
        return sum(len(self.seeds) - row.ended for row in self.rows)

    def row(self, name: str) -> VariantRow:
        """The row of a variant.

        Args:
            name: Its name.
        """
        return next(row for row in self.rows if row.name == name)

    @property
    def best(self) -> VariantRow | None:
        """The variant with the best mean; None where none is better, or may come to be."""
        rows = [row for row in self.rows if row.mean is not None]
        values = [row.mean.value for row in rows if row.mean is not None]
        if self.direction is None or self.meaning.unlike or self.left or not values:
            return None
        if is_rounding(max(values) - min(values), values):
            return None
        choose = max if self.direction == "max" else min
        return choose(rows, key=lambda row: row.mean.value if row.mean else math.nan)

    def is_best(self, row: VariantRow) -> bool:
        """Whether no variant has a better mean: several may share the best.

        Args:
            row: A variant.
        """
        best = self.best
        if best is None or best.mean is None or row.mean is None:
            return False
        means = best.mean.value, row.mean.value
        return is_rounding(means[0] - means[1], means)

    def gain(self, row: VariantRow) -> float | None:
        """How much better a variant is than the baseline; below 0 where it is worse.

        Args:
            row: The variant.

        Returns:
            The mean of the paired differences; None where there are none.
        """
        if row.test is None:
            return None
        difference = row.test.difference.value
        return -difference if self.direction == "min" else difference


def variant_table(
    metric: str,
    baseline: str,
    seeds: Sequence[int],
    variants: Sequence[VariantRuns],
    meaning: MetricSpec | None = None,
) -> VariantTable:
    """Compare variants by the records of their runs.

    Args:
        metric: What is compared, `test_accuracy`.
        baseline: The variant that the others are tested against.
        seeds: The seeds that each variant is trained with.
        variants: The variants with their runs.
        meaning: What the configs tell of the metric; None: no more than its name does.

    Returns:
        The comparison; all its tests together have Holm's correction. A variant of which the
        metric means another thing than of the baseline is not tested.

    Example:
        >>> def run(loss):
        ...     values = {"metrics": {"loss": loss}, "directions": {"loss": "min"}}
        ...     return RunRecord("1", "a", RunStatus.COMPLETE, **values)
        >>> zeros = VariantRuns("zeros", {}, {1: run(2.31), 2: run(2.30), 3: run(2.32)})
        >>> glorot = VariantRuns("glorot", {}, {1: run(0.25), 2: run(0.23), 3: run(0.26)})
        >>> table = variant_table("loss", "zeros", [1, 2, 3], [zeros, glorot])
        >>> table.best.name, table.best.test.is_shown
        ('glorot', True)
    """
    meaning = meaning or MetricSpec()
    within = meaning.within(metric)
    rows = [_row(variant, metric, within) for variant in variants]
    base = next(row for row in rows if row.name == baseline)
    tests = [
        None
        if row is base or row.name in meaning.unlike
        else paired_test(row.values, base.values, within)
        for row in rows
    ]
    adjusted = iter(with_holm([test for test in tests if test is not None]))
    tested = [
        row if test is None else replace(row, test=next(adjusted))
        for row, test in zip(rows, tests, strict=True)
    ]
    records = (record for variant in variants for record in variant.records.values())
    direction = common_direction(records, metric)
    return VariantTable(metric, direction, baseline, tuple(seeds), tuple(tested), meaning)


def read_variants(path: Path) -> VariantTable:
    """Compare the variants of a comparison by what lies in its folder.

    Args:
        path: The comparison's folder.

    Returns:
        The comparison, as far as its runs have come.

    Raises:
        RunNotFoundError: The folder holds no comparison.
        DataError: Its record, or that of a run, cannot be read.
    """
    compared = read_comparison_record(path)
    files = ComparisonFiles(path)
    variants = [
        VariantRuns(
            row["name"],
            row["changes"],
            {
                seed: record
                for seed in compared.seeds
                if (record := _record(files.run(row["name"], seed))) is not None
            },
            row.get("file"),
        )
        for row in compared.variants
    ]
    figure = compared.figure
    meaning = MetricSpec(
        dict(figure.get("unlike") or {}),
        tuple(map(str, compared.notes)),
        tuple(figure.get("never_negative") or ()),
    )
    return variant_table(compared.metric, compared.baseline, compared.seeds, variants, meaning)


def _record(path: Path) -> RunRecord | None:
    try:
        return read_run(path).record
    except RunNotFoundError:
        return None


def _row(variant: VariantRuns, metric: str, within: Bounds) -> VariantRow:
    """A variant's row, not yet tested."""
    values: dict[int, float] = {}
    failures: dict[int, str] = {}
    for seed, record in variant.records.items():
        value = record.metrics.get(metric, math.nan)
        if record.status is RunStatus.COMPLETE and math.isfinite(value):
            values[seed] = value
        elif record.status is RunStatus.COMPLETE:
            failures[seed] = f"It has no finite {metric}."
        # A process that was killed left no end: that run is still to do.
        elif record.status is RunStatus.FAILED and record.finished is not None:
            failures[seed] = record.error or "It failed."
    complete = [variant.records[seed] for seed in values]
    return VariantRow(
        variant.name,
        variant.changes,
        variant.file,
        values,
        failures,
        mean(list(values.values()), within) if values else None,
        epochs=_average([record.epochs_run for record in complete]),
        best_epoch=_average([record.best_epoch for record in complete]),
        seconds={
            name: average
            for name in ("fit_s", "epoch_s", "total_s")
            if (average := _average([record.timing.get(name) for record in complete])) is not None
        },
        params=next((record.params for record in variant.records.values()), None),
    )


def _average(values: Sequence[float | None]) -> float | None:
    """The mean of what is known and finite."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    return fmean(known) if known else None


def _interval(middle: Mean | None) -> list[float] | None:
    """The ends of an interval for JSON."""
    if middle is None or middle.low is None or middle.high is None:
        return None
    return [middle.low, middle.high]
