"""The tables of a comparison: a row for each variant, with its mean, interval and test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from nnlab.analysis.statistics import is_fraction
from nnlab.analysis.variants import VariantRow, VariantTable
from nnlab.report.comparison.verdict import (
    MAX_BASELINE_LENGTH,
    comparison_verdict,
    few_seeds_warning,
    format_difference,
    variant_verdict,
)
from nnlab.report.text.formatting import (
    DIRECTION_PHRASES,
    format_count,
    format_interval,
    format_metric,
    format_seconds,
    format_sentence,
)
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table, Tone, next_steps_table
from nnlab.text import plural

_BASELINE = Cell("baseline", "dim")
_MIN_P = 0.001
_MAX_REASON_LENGTH = 100


def variants_table(table: VariantTable) -> Table:
    """Return a table with a row for each variant; the best mean is marked."""
    unit = "percentage points" if is_fraction(table.metric) else table.metric
    is_long = len(table.baseline) > MAX_BASELINE_LENGTH
    columns = (
        Column("variant", wraps=True),
        Column(table.metric, right=True),
        Column("95 % interval", right=True),
        Column("seeds", right=True),
        Column("to baseline" if is_long else f"to {table.baseline}", right=True),
        Column("p (Holm)", right=True, optional=True),
        Column("best epoch", right=True, optional=True),
        Column("epochs", right=True, optional=True),
        Column("training", right=True, optional=True),
        Column("params", right=True, optional=True),
    )
    rows = tuple(_row(table, row) for row in table.rows)
    direction = DIRECTION_PHRASES[table.direction]
    title = f"{table.metric}{f', {direction}' if direction else ''}; differences in {unit}"
    title += f" to {table.baseline}" if is_long else ""
    return Table(title, columns, rows, star_note="best mean", notes=_notes(table))


def verdicts_table(table: VariantTable) -> Table:
    """Return the verdicts of three or more variants; of two, the comparison's verdict is enough."""
    others = [row for row in table.rows if row.name != table.baseline]
    rows = tuple((Cell(variant_verdict(table, row, in_list=True)),) for row in others)
    return Table("", (Column(""),), rows if len(others) > 1 else ())


def next_step_tables(path: Path, commands: Sequence[tuple[str, str]]) -> list[Table]:
    """Return a table with the folder, and one of commands with their descriptions."""
    folder = ((Cell("folder", "dim"), Cell(str(path))),)
    return [Table("", (Column(""), Column("")), folder), next_steps_table(commands)]


def _row(table: VariantTable, row: VariantRow) -> tuple[Cell, ...]:
    test = row.test
    p_value = None if test is None else test.adjusted_p
    tone: Tone = ""
    if test is not None and test.is_significant:
        tone = "error" if (table.improvement(row) or 0) < 0 else "success"
    difference = _BASELINE if row.name == table.baseline else EMPTY_CELL
    if test is not None:
        text = format_difference(table.metric, test.difference.value, unit=False)
        difference = Cell(text if text.startswith("-") else f"+{text}", tone)
    p_text = "" if p_value is None else f"{p_value:.3f}" if p_value >= _MIN_P else f"< {_MIN_P}"
    fit_s = (row.seconds or {}).get("fit_s")
    mean = interval = EMPTY_CELL
    if row.mean is not None:
        mean = Cell(format_metric(row.mean.value), "best" if table.is_best(row) else "")
        if row.mean.low is not None and row.mean.high is not None:
            interval = Cell(format_interval(row.mean.low, row.mean.high))
    seeds = Cell(str(len(row.values)))
    if row.failures:
        seeds = Cell(f"{len(row.values)} of {row.finished_runs}", "error")
    return (
        Cell(row.name),
        mean,
        interval,
        seeds,
        difference,
        Cell(p_text, tone) if p_text else EMPTY_CELL,
        EMPTY_CELL if row.best_epoch is None else Cell(f"{row.best_epoch:,.0f}"),
        EMPTY_CELL if row.epochs is None else Cell(f"{row.epochs:,.0f}"),
        EMPTY_CELL if fit_s is None else Cell(format_seconds(fit_s)),
        EMPTY_CELL if row.params is None else Cell(format_count(row.params)),
    )


def _notes(table: VariantTable) -> tuple[str, ...]:
    """Return the limitations of the results."""
    notes = [*table.metric_spec.notes]
    bounds = table.bounds
    inexact = [row.mean for row in table.rows if row.mean is not None and not row.mean.is_exact]
    if any(mean.low == bounds.low or mean.high == bounds.high for mean in inexact):
        limits = " and ".join(f"{end:g}" for end in (bounds.low, bounds.high) if math.isfinite(end))
        noun = "bounds" if " and " in limits else "bound"
        notes.append(f"Intervals are clipped at {limits}, the {noun} of {table.metric}.")
    warning = few_seeds_warning(table)
    if warning and "--seeds" not in comparison_verdict(table):
        notes.append(format_sentence(warning))
    for row in table.rows:
        if row.failures:
            reason = next(iter(row.failures.values()))[:_MAX_REASON_LENGTH].partition(". ")[0]
            failed = f"{len(row.failures)} of {plural(row.finished_runs, 'run')}"
            notes.append(f"{row.name}: {failed} failed, excluded from the mean. {reason}")
    base = len(table.row(table.baseline).values)
    tested = ((row.test, len(row.values)) for row in table.rows if row.test is not None)
    # Such a difference is not that of the two means.
    if any(test.difference.count < max(values, base) for test, values in tested):
        notes.append("Differences are over the seeds that a variant shares with the baseline.")
    if table.remaining_runs:
        notes.append(f"{plural(table.remaining_runs, 'run')} remaining.")
    return tuple(notes)
