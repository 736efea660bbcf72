"""What to type next, below what a command came to."""

from __future__ import annotations

from collections.abc import Sequence

from nnlab.report.tables import Cell, Column, Table


def next_table(commands: Sequence[tuple[str, str]]) -> Table:
    """Commands to go on with.

    Args:
        commands: Pairs of a command and what it does.

    Returns:
        The table; a command in it can be copied from the narrowest terminal.
    """
    rows = tuple((Cell(command), Cell(words, "dim")) for command, words in commands)
    return Table("Next", (Column("", whole=True), Column("")), rows)
