"""Runs side by side as tables: a column for each run, under its letter."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from nnlab.analysis.differences import Difference
from nnlab.analysis.runs import MetricRow, RunComparison
from nnlab.report.runs.tables import status_cell
from nnlab.report.text.numbers import format_count, format_metric, format_seconds
from nnlab.report.text.phrases import format_yaml_value
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table

_ARROWS = {"max": "higher is better", "min": "lower is better", None: ""}
_FACTS = {
    "epochs_run": "epochs",
    "best_epoch": "the best epoch",
    "params": "parameters",
    "epoch_s": "an epoch (median)",
    "fit_s": "training",
    "total_s": "in all",
}


def comparison_tables(comparison: RunComparison) -> list[Table]:
    """A comparison of runs in tables.

    Args:
        comparison: The runs, and what differs between them.

    Returns:
        Which letter is which run; then configs, metrics, facts and environments. A table that
        would have no row is left out, but where the configs are equal that is told.
    """
    labels = comparison.labels
    tables = [
        _legend(comparison),
        differences_table(
            "Config: what differs", comparison.config, labels, _unless(comparison.config, "configs")
        ),
        _metrics(comparison.metrics, labels),
        _facts(comparison.facts, labels),
        differences_table(
            "Environment: what differs",
            comparison.environment,
            labels,
            _unless(comparison.environment, "environments"),
        ),
    ]
    return [table for table in tables if table.rows or table.notes]


def _unless(rows: Sequence[Difference], what: str) -> list[str]:
    return [] if rows else [f"The {what} are equal."]


def _legend(comparison: RunComparison) -> Table:
    rows = tuple(
        (Cell(label), Cell(run.full_id), status_cell(run.record.status))
        for label, run in zip(comparison.labels, comparison.runs, strict=True)
    )
    columns = (Column(""), Column("run"), Column("status"))
    return Table("", columns, rows, notes=comparison.notes)


def differences_table(
    title: str, rows: Sequence[Difference], names: Sequence[str], notes: Sequence[str] = ()
) -> Table:
    """Keys whose values differ, a column for each value.

    Args:
        title: A line above the table.
        rows: The differences.
        names: What the columns are called.
        notes: Lines below it.

    Returns:
        The table; notes alone where nothing differs.
    """
    if not rows:
        return Table(title, (), (), notes=tuple(notes))
    columns = (Column("key"), *(Column(name) for name in names))
    cells = tuple((Cell(row.path), *_values(row)) for row in rows)
    absent = any(EMPTY_CELL in texts for texts in cells)
    marks = ("- not there",) if absent else ()
    return Table(title, columns, cells, notes=(*marks, *notes), repeated_columns=1)


def _metrics(rows: Sequence[MetricRow], labels: str) -> Table:
    columns = (
        Column("metric"),
        *(Column(label, right=True) for label in labels),
        Column("", optional=True),
    )
    cells = tuple(
        (
            Cell(row.name),
            *_figures(row),
            Cell(_ARROWS[row.direction], "dim"),
        )
        for row in rows
    )
    return Table("Metrics", columns, cells, star_note="the best of its row", repeated_columns=1)


def _facts(rows: Sequence[MetricRow], labels: str) -> Table:
    columns = (Column(""), *(Column(label, right=True) for label in labels))
    cells = tuple(
        (Cell(_FACTS[row.name], "dim"), *(_fact(row.name, value) for value in row.values))
        for row in rows
    )
    return Table("Training", columns, cells, repeated_columns=1)


def _figures(row: MetricRow) -> list[Cell]:
    """A metric's cells; what looks like the best is starred like it."""
    best = {format_metric(row.values[i] or 0.0) for i in row.best}
    return [_figure(value, best) for value in row.values]


def _figure(value: float | None, best: set[str]) -> Cell:
    if value is None:
        return EMPTY_CELL
    text = format_metric(value)
    return Cell(text, "best" if text in best else "" if math.isfinite(value) else "error")


def _fact(name: str, value: float | None) -> Cell:
    if value is None:
        return EMPTY_CELL
    return Cell(format_seconds(value) if name.endswith("_s") else format_count(int(value)))


def _values(row: Difference) -> Iterator[Cell]:
    for value, is_default in zip_longest(row.values, row.defaults, fillvalue=False):
        if is_default:
            yield Cell(f"{'none' if value is None else format_yaml_value(value)} (default)", "dim")
        else:
            yield EMPTY_CELL if value is None else Cell(format_yaml_value(value))
