"""Variants of a comparison as a table: a row for each, with its mean, interval and test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nnlab.analysis.metric_bounds import Bounds, is_share
from nnlab.analysis.statistics import Mean
from nnlab.analysis.variants import VariantRow, VariantTable
from nnlab.report.comparison.verdict import LONG, amount_text, few_seeds_words, headline, verdict
from nnlab.report.text.numbers import format_count, format_interval, format_metric, format_seconds
from nnlab.report.text.phrases import format_sentence
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table, Tone, next_steps_table
from nnlab.text import plural

_BASELINE = Cell("baseline", "dim")
_TINY = 0.001
_WAYS = {"max": "higher is better", "min": "lower is better", None: ""}
_REASON = 100
_PAIR = 2


def variants_table(table: VariantTable) -> Table:
    """The variants, one a row.

    Args:
        table: The comparison.

    Returns:
        The table; the best mean is marked.
    """
    unit = "points" if is_share(table.metric) else table.metric
    is_long = len(table.baseline) > LONG
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
    rows = tuple(_cells(table, row) for row in table.rows)
    way = _WAYS[table.direction]
    title = f"{table.metric}{f', {way}' if way else ''}; differences in {unit}"
    title += f" to {table.baseline}" if is_long else ""
    return Table(title, columns, rows, star_note="the best mean", notes=_notes(table))


def verdicts_table(table: VariantTable) -> Table:
    """What can be said of each variant against the baseline, a sentence each.

    Args:
        table: The comparison.

    Returns:
        The table; empty where there are not two or more: of one the headline says it all.
    """
    if len(table.rows) == _PAIR:
        return Table("", (Column(""),), ())
    rows = tuple(
        (Cell(verdict(table, row, is_listed=True)),)
        for row in table.rows
        if row.name != table.baseline
    )
    return Table("", (Column(""),), rows)


def next_tables(path: Path, commands: Sequence[tuple[str, str]]) -> list[Table]:
    """Where a comparison lies, and what to type next.

    Args:
        path: Its folder.
        commands: Pairs of a command and what it does.
    """
    folder = ((Cell("folder", "dim"), Cell(str(path))),)
    return [Table("", (Column(""), Column("")), folder), next_steps_table(commands)]


def _cells(table: VariantTable, row: VariantRow) -> tuple[Cell, ...]:
    tone: Tone = "best" if table.is_best(row) else ""
    test = row.test
    shown: Tone = "" if test is None or not test.is_shown else "success"
    if shown and (table.gain(row) or 0) < 0:
        shown = "error"
    return (
        Cell(row.name),
        EMPTY_CELL if row.mean is None else Cell(format_metric(row.mean.value), tone),
        _interval(row.mean),
        _seeds(row),
        (_BASELINE if row.name == table.baseline else EMPTY_CELL)
        if test is None
        else Cell(_signed(amount_text(table.metric, test.difference.value, unit=False)), shown),
        EMPTY_CELL
        if test is None or test.adjusted is None
        else Cell(_p_text(test.adjusted), shown),
        EMPTY_CELL if row.best_epoch is None else Cell(f"{row.best_epoch:,.0f}"),
        EMPTY_CELL if row.epochs is None else Cell(f"{row.epochs:,.0f}"),
        _seconds(row),
        EMPTY_CELL if row.params is None else Cell(format_count(row.params)),
    )


def _interval(mean: Mean | None) -> Cell:
    if mean is None or mean.low is None or mean.high is None:
        return EMPTY_CELL
    return Cell(format_interval(mean.low, mean.high))


def _is_cut(middle: Mean | None, within: Bounds) -> bool:
    """Whether an interval ends where the range of the metric does."""
    if middle is None or middle.is_exact:
        return False
    return middle.low == within.low or middle.high == within.high


def _seeds(row: VariantRow) -> Cell:
    if not row.failures:
        return Cell(str(len(row.values)))
    return Cell(f"{len(row.values)} of {row.ended}", "error")


def _signed(text: str) -> str:
    return text if text.startswith("-") else f"+{text}"


def _p_text(p: float) -> str:
    return f"{p:.3f}" if p >= _TINY else f"< {_TINY}"


def _seconds(row: VariantRow) -> Cell:
    seconds = (row.seconds or {}).get("fit_s")
    return EMPTY_CELL if seconds is None else Cell(format_seconds(seconds))


def _is_of_fewer(row: VariantRow, base: VariantRow) -> bool:
    """Whether a difference is not the one between the two means beside it."""
    most = max(len(row.values), len(base.values))
    return row.test is not None and row.test.difference.count < most


def _notes(table: VariantTable) -> tuple[str, ...]:
    """What the numbers leave out, and what they cannot show."""
    notes = [*table.meaning.notes]
    within = table.within
    if any(_is_cut(row.mean, within) for row in table.rows):
        bounds = "bounds" if " and " in within.words else "bound"
        notes.append(f"No interval goes beyond {within.words}, the {bounds} of {table.metric}.")
    words = few_seeds_words(table)
    if words and "--seeds" not in headline(table):
        notes.append(format_sentence(words))
    for row in table.rows:
        if row.failures:
            reason = next(iter(row.failures.values()))[:_REASON].partition(". ")[0]
            failed = f"{len(row.failures)} of {plural(row.ended, 'run')}"
            notes.append(f"{row.name}: {failed} failed, left out of the mean. {reason}")
    if any(_is_of_fewer(row, table.row(table.baseline)) for row in table.rows):
        notes.append("Differences are over the seeds that a variant shares with the baseline.")
    if table.left:
        notes.append(f"{plural(table.left, 'run')} still to do.")
    return tuple(notes)
