"""The files of a comparison: comparison.json, values.csv with a row per run, and the plots."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from nnlab.analysis.runs import metric_rows
from nnlab.analysis.variants import (
    VariantTable,
    bands,
    curve_columns,
    read_histories,
    read_records,
    read_variants,
)
from nnlab.report.comparison.verdict import comparison_verdict, variant_verdict
from nnlab.runs import RunRecord, atomic_write, translate_os_errors
from nnlab.runs.records.comparison import (
    ComparisonFiles,
    ComparisonRecord,
    read_comparison_record,
)

INTERVALS = "variants"
"""The name of the plot of all means; the other plots are named by their column."""

_FACTS = ("variant", "seed", "status", "epochs", "best_epoch", "fit_s")


def read_comparison_results(path: Path) -> tuple[ComparisonRecord, VariantTable]:
    """Read a comparison from its folder: the record, updated by the runs, and the variants.

    The update matters if the comparison's process was killed before it could write the record.
    """
    record, table = read_comparison_record(path), read_variants(path)
    if record.status == "complete":
        return record, table
    reused = {key: count for key, count in record.runs.items() if key == "reused"}
    updated = replace(
        record,
        variants=variant_records(table),
        direction=table.direction,
        verdict=comparison_verdict(table),
        runs=run_counts(table) | reused,
    )
    return updated, table


def variant_records(table: VariantTable) -> tuple[dict[str, Any], ...]:
    """Return the recorded results of each variant, with its verdict if it is not the baseline."""
    return tuple(
        row.to_dict()
        | {
            "verdict": variant_verdict(table, row)
            if row.name != table.baseline and row.finished_runs
            else None
        }
        for row in table.rows
    )


def run_counts(table: VariantTable) -> dict[str, int]:
    """Return the numbers of `complete`, `failed` and `remaining` runs."""
    return {
        "complete": sum(len(row.values) for row in table.rows),
        "failed": sum(len(row.failures) for row in table.rows),
        "remaining": table.remaining_runs,
    }


def write_values(files: ComparisonFiles, table: VariantTable) -> None:
    """Write `values.csv` into the folder of a comparison."""
    records = {
        (row.name, seed): record
        for row in table.rows
        for seed, record in read_records(files, row.name, table.seeds).items()
    }
    with translate_os_errors(files.values_csv):
        atomic_write(files.values_csv, values_csv(records))


def values_csv(records: Mapping[tuple[str, int], RunRecord]) -> str:
    """Return the text of `values.csv`, given the records by variant and seed.

    All final metrics with all digits, test metrics first; empty if a run lacks a metric.

    Example:
        >>> values_csv({("small", 1): RunRecord("1", "a", metrics={"loss": 0.25})}).splitlines()
        ['variant,seed,status,epochs,best_epoch,fit_s,loss,error', 'small,1,running,0,,,0.25,']
    """
    names = [row.name for row in metric_rows(list(records.values()))]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*_FACTS, *names, "error"])
    for (variant, seed), record in records.items():
        facts = variant, seed, record.status.value, record.epochs_run, record.best_epoch
        metrics = (record.metrics.get(name) for name in names)
        rows.writerow([*facts, record.timing.get("fit_s"), *metrics, record.error])
    return text.getvalue()


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


def write_comparison_plots(path: Path, table: VariantTable, name: str) -> Iterator[Path]:
    """Draw the plots of a comparison into its folder, and yield each file."""
    for plot in comparison_plots(path, table, name):
        file = path / "plots" / f"{plot.name}.png"
        plot.draw(file)
        yield file


def comparison_plots(path: Path, table: VariantTable, title: str) -> Iterator[ComparisonPlot]:
    """Yield the plots of a comparison in a folder; at least one run must be complete."""

    def draw_intervals(file: Path) -> None:
        from nnlab.report.plots.comparison import plot_intervals

        plot_intervals(table, file, title=title)

    def draw_bands(file: Path, column: str) -> None:
        from nnlab.report.plots.comparison import plot_bands

        by_variant = bands(histories, column, table.metric_spec.bounds(column))
        plot_bands(by_variant, column, file, title=title, names=[row.name for row in table.rows])

    means = tuple(row.name for row in table.rows if row.mean is not None)
    yield ComparisonPlot(INTERVALS, means, draw_intervals)
    histories = read_histories(path, table)
    for column in curve_columns(table.metric, histories):
        variants = tuple(
            name for name, runs in histories.items() if any(column in history for history in runs)
        )
        yield ComparisonPlot(column, variants, partial(draw_bands, column=column))
