"""Runs in comparison: tables with a column for each run, under its letter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest

from nnlab.analysis.differences import Difference
from nnlab.analysis.runs import MetricRow, RunComparison
from nnlab.report.runs.tables import status_cell
from nnlab.report.text.formatting import (
    DIRECTION_PHRASES,
    format_count,
    format_metric,
    format_seconds,
    format_yaml_value,
)
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table

_FACTS = {
    "epochs_run": "epochs",
    "best_epoch": "best epoch",
    "params": "parameters",
    "epoch_s": "epoch (median)",
    "fit_s": "training",
    "total_s": "total",
}


def comparison_tables(comparison: RunComparison) -> list[Table]:
    """Return the legend, and the tables of configs, metrics, facts and environments."""
    labels = comparison.labels
    config, environment = comparison.config, comparison.environment
    legend = tuple(
        (Cell(label), Cell(run.full_id), status_cell(run.record.status))
        for label, run in zip(labels, comparison.runs, strict=True)
    )
    equal_configs = () if config else ("The configs are equal.",)
    equal_environments = () if environment else ("The environments are equal.",)
    tables = [
        Table("", (Column(""), Column("run"), Column("status")), legend, notes=comparison.notes),
        differences_table("Config differences", config, labels, equal_configs),
        _metrics_table(comparison.metrics, labels),
        _facts_table(comparison.facts, labels),
        differences_table("Environment differences", environment, labels, equal_environments),
    ]
    return [table for table in tables if table.rows or table.notes]


def differences_table(
    title: str, rows: Sequence[Difference], titles: Sequence[str], notes: Sequence[str] = ()
) -> Table:
    """Return a table of keys whose values differ, with a titled column for each value."""
    if not rows:
        return Table(title, (), (), notes=tuple(notes))
    columns = (Column("key"), *(Column(name) for name in titles))
    cells = []
    for row in rows:
        values: list[Cell] = []
        for value, is_default in zip_longest(row.values, row.defaults, fillvalue=False):
            if is_default:
                text = "none" if value is None else format_yaml_value(value)
                values.append(Cell(f"{text} (default)", "dim"))
            else:
                values.append(EMPTY_CELL if value is None else Cell(format_yaml_value(value)))
        cells.append((Cell(row.path), *values))
    has_missing = any(EMPTY_CELL in row for row in cells)
    legend = ("- missing",) if has_missing else ()
    return Table(title, columns, tuple(cells), notes=(*legend, *notes), repeated_columns=1)


def _metrics_table(rows: Sequence[MetricRow], labels: str) -> Table:
    cells = []
    for row in rows:
        # Values that are rounded to the best are marked, too.
        best = {format_metric(row.values[i] or 0.0) for i in row.best}
        values = [
            EMPTY_CELL
            if value is None
            else Cell(
                text := format_metric(value),
                "best" if text in best else "" if math.isfinite(value) else "error",
            )
            for value in row.values
        ]
        cells.append((Cell(row.name), *values, Cell(DIRECTION_PHRASES[row.direction], "dim")))
    columns = (
        Column("metric"),
        *(Column(label, right=True) for label in labels),
        Column("", optional=True),
    )
    return Table("Metrics", columns, tuple(cells), star_note="best in row", repeated_columns=1)


def _facts_table(rows: Sequence[MetricRow], labels: str) -> Table:
    cells = []
    for row in rows:
        is_time = row.name.endswith("_s")
        values = [
            EMPTY_CELL
            if value is None
            else Cell(format_seconds(value) if is_time else format_count(int(value)))
            for value in row.values
        ]
        cells.append((Cell(_FACTS[row.name], "dim"), *values))
    columns = (Column(""), *(Column(label, right=True) for label in labels))
    return Table("Training", columns, tuple(cells), repeated_columns=1)
