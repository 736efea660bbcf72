"""Whether a run was repeated to the bit, in words and tables."""

from __future__ import annotations

from nnlab.compare.equality import Equality, Figure
from nnlab.report.comparison_tables import differences_table
from nnlab.report.numbers import plural
from nnlab.report.tables import Cell, Column, Table

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
        (Cell("final metrics"), _yes(not equality.final, "differ")),
        (Cell("weights"), _weights(equality)),
    ]
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
    """What came of a repetition, a sentence.

    Args:
        equality: What was compared.
    """
    if equality.is_equal:
        return "Equal to the bit."
    if not equality.is_something:
        return "Nothing to compare: the run has neither figures nor weights."
    return "Not equal."


def _epochs(equality: Equality) -> Cell:
    epochs = plural(equality.epochs, "epoch")
    if equality.first is None:
        return Cell(f"equal in {epochs}", "good")
    where = equality.first.epoch
    return Cell(
        "another number of epochs" if where is None else f"differ from epoch {where} on", "bad"
    )


def _weights(equality: Equality) -> Cell:
    if equality.weights is None:
        return Cell("not compared: one of the two keeps none", "dim")
    if equality.largest is None:
        return Cell("of other shapes", "bad")
    return _yes(equality.weights, f"differ by up to {equality.largest:.2g}")


def _yes(is_equal: bool, words: str) -> Cell:  # noqa: FBT001 - a yes or no is what it tells
    return Cell("equal", "good") if is_equal else Cell(words, "bad")


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
        gap = f"{known[1] - known[0]:.2g}" if len(known) == len(pair) else "-"
        cells = ["-" if value is None else repr(value) for value in pair]
        rows.append((Cell(name), *map(Cell, cells), Cell(gap)))
    return Table("Figures that differ", columns, tuple(rows))
