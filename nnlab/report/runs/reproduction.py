"""Whether a run was repeated to the bit, in words and tables."""

from __future__ import annotations

from nnlab.analysis.equality import Equality, Figure
from nnlab.report.runs.comparison import differences_table
from nnlab.report.text.table import Cell, Column, Table
from nnlab.text import plural

_UNKNOWN = (
    "Nothing that a run records differs. Data, drivers, or sums that a GPU takes in no fixed order"
    " can still change the last digits."
)


def equality_tables(equality: Equality, then: str, now: str) -> list[Table]:
    """What of a repetition is equal, and what in the environment differs.

    Args:
        equality: What was compared.
        then: The run's id.
        now: Its repetition's id.

    Returns:
        A table of what was compared; where something differs, those figures and the environment.
    """
    rows = [
        (Cell("run"), Cell(then)),
        (Cell("repeated as"), Cell(now)),
        (Cell("metrics.csv"), _epochs(equality)),
        (Cell("final metrics"), _final(equality)),
        (Cell("weights"), _weights(equality)),
    ]
    if any(reason is not None for reason in equality.failures):
        rows.append((Cell("failure"), _failure(equality)))
    tables = [Table("", (Column(""), Column("")), tuple(rows))]
    if equality.is_equal:
        return tables
    figures = [equality.first] if equality.first is not None else []
    if figures or equality.final:
        tables.append(_figures([*figures, *equality.final]))
    names = "then", "now"
    notes = equality.notes if equality.environment or equality.notes else (_UNKNOWN,)
    tables.append(
        differences_table("Environment: what differs", equality.environment, names, notes)
    )
    return tables


def verdict(equality: Equality) -> str:
    """What came of a repetition, a sentence or two; it claims no more than was compared.

    Args:
        equality: What was compared.
    """
    if not equality.is_something:
        return "Nothing to compare: the run has neither figures nor weights."
    if not equality.is_equal:
        return "Not equal."
    if equality.failure is not None:
        epochs = f" Equal to the bit in {plural(equality.epochs, 'epoch')} before that."
        alike = f"Both failed alike: {_first_sentence(equality.failure)}."
        return f"{alike}{epochs}" if equality.epochs else alike
    parts = (("metrics.csv was", equality.epochs_left_out), ("the weights were", equality.left_out))
    left_out = [f"; {part} not compared: {reason}" for part, reason in parts if reason]
    if left_out:
        return f"What could be compared is equal to the bit{''.join(left_out)}."
    return "Equal to the bit."


def _epochs(equality: Equality) -> Cell:
    if equality.first is None:
        if not equality.epochs:
            return Cell(f"not compared: {equality.epochs_left_out or 'no epoch'}", "dim")
        return Cell(f"equal in {plural(equality.epochs, 'epoch')}", "success")
    where = equality.first.epoch
    return Cell(
        "another number of epochs" if where is None else f"differ from epoch {where} on", "error"
    )


def _final(equality: Equality) -> Cell:
    if equality.final:
        return Cell("differ", "error")
    return (
        Cell("equal", "success")
        if equality.figures
        else Cell("not compared: there are none", "dim")
    )


def _weights(equality: Equality) -> Cell:
    if equality.weights is None:
        return Cell(f"not compared: {equality.left_out}", "dim")
    if equality.largest is None:
        return Cell("of other shapes", "error")
    if equality.weights:
        return Cell("equal", "success")
    return Cell(f"differ by up to {equality.largest:.2g}", "error")


def _failure(equality: Equality) -> Cell:
    if equality.failure is not None:
        return Cell(f"alike: {_first_sentence(equality.failure)}", "success")
    then, now = ("none" if one is None else _first_sentence(one) for one in equality.failures)
    return Cell(f"then: {then}; now: {now}", "error")


def _first_sentence(reason: str) -> str:
    """What happened, without the remedies that follow."""
    return reason.partition(". ")[0].rstrip(".") or "no reason is recorded"


def _figures(figures: list[Figure]) -> Table:
    columns = (
        Column("figure"),
        Column("then", right=True),
        Column("now", right=True),
        Column("difference", right=True),
    )
    rows = []
    for figure in figures:
        name = figure.name if figure.epoch is None else f"{figure.name}, epoch {figure.epoch}"
        pair = (figure.then, figure.now)
        known = [value for value in pair if value is not None]
        gap = _gap(known[0], known[1]) if len(known) == len(pair) else "-"
        cells = ["-" if value is None else repr(value) for value in pair]
        rows.append((Cell(name), *map(Cell, cells), Cell(gap)))
    return Table("Figures that differ", columns, tuple(rows))


def _gap(then: float, now: float) -> str:
    """By how much two figures differ; a count in full."""
    gap = now - then
    return str(gap) if isinstance(gap, int) else f"{gap:.2g}"
