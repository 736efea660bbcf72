"""A small neutral table: colour and rules in a terminal, plain aligned lines in a pipe."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TextIO

from nnlab.report.terminal import is_terminal, printable, terminal_console

Tone = Literal["", "best", "good", "bad", "dim"]

_STYLES = {"": "", "best": "bold green", "good": "green", "bad": "red", "dim": "dim"}
_GAP = 2
# Between two columns Rich puts a blank, the place of a rule, and a blank.
_RICH_GAP = 3


@dataclass(frozen=True)
class Cell:
    """One value of a table, already in words.

    Args:
        text: What to show.
        tone: What it means: the best of its column, good, bad, less important.
    """

    text: str
    tone: Tone = ""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Args:
        title: Its heading; may be empty.
        right: Whether it is set flush right, as numbers are.
        optional: Whether it may be left out where a terminal is too narrow; the last such goes
            first.
    """

    title: str
    right: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Table:
    r"""Rows of cells under headings.

    Args:
        title: A line above it; may be empty.
        columns: The columns, from the left.
        rows: The rows, each with a cell for every column.

    Example:
        >>> columns = (Column("run"), Column("loss", right=True))
        >>> rows = ((Cell("a"), Cell("0.0951", "best")), (Cell("b"), Cell("0.2000")))
        >>> print("\n".join(Table("", columns, rows).lines()))
        run    loss
        a    0.0951*
        b    0.2000
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def lines(self) -> list[str]:
        """The table as plain lines: columns aligned, the best of a column marked with a star."""
        marked = [any(row[i].tone == "best" for row in self.rows) for i in range(len(self.columns))]
        grid = [
            [_plain(cell, star=star) for cell, star in zip(row, marked, strict=True)]
            for row in self.rows
        ]
        if any(column.title for column in self.columns):
            # The star's place is part of its column: a heading set flush right keeps clear of it.
            heads = [
                column.title + " " * (star and column.right)
                for column, star in zip(self.columns, marked, strict=True)
            ]
            grid.insert(0, heads)
        widths = [max(map(len, texts), default=0) for texts in zip(*grid, strict=True)]
        lines = [self.title] if self.title else []
        for texts in grid:
            cells = [
                text.rjust(width) if column.right else text.ljust(width)
                for text, width, column in zip(texts, widths, self.columns, strict=True)
            ]
            lines.append((" " * _GAP).join(cells).rstrip())
        return lines

    def fitted(self, width: int) -> Table:
        """The table without the optional columns that `width` has no room for.

        Args:
            width: The terminal's width, characters.

        Returns:
            The table, or one with fewer columns.
        """
        keep = list(range(len(self.columns)))
        needs = [
            max([len(column.title), *(len(row[i].text) for row in self.rows)]) + _RICH_GAP
            for i, column in enumerate(self.columns)
        ]
        for i in reversed(range(len(self.columns))):
            if self.columns[i].optional and sum(needs[j] for j in keep) > width:
                keep.remove(i)
        columns = tuple(self.columns[i] for i in keep)
        return dataclasses.replace(
            self, columns=columns, rows=tuple(tuple(row[i] for i in keep) for row in self.rows)
        )


def print_tables(tables: Table | Iterable[Table], stream: TextIO | None = None) -> None:
    """Prints tables, one below the other: with colour in a terminal, else plain.

    Args:
        tables: One or several.
        stream: Where to; None for standard output.
    """
    out = stream or sys.stdout
    several = [tables] if isinstance(tables, Table) else list(tables)
    if is_terminal(out):
        _print_rich(several, out)
    else:
        blocks = ["\n".join(table.lines()) for table in several]
        out.write("\n\n".join(blocks) + "\n")


def _plain(cell: Cell, *, star: bool) -> str:
    """A cell without colour; in a column that has a best one, all keep the star's place."""
    text = printable(cell.text)
    return text + ("*" if cell.tone == "best" else " ") if star else text


def _print_rich(tables: Sequence[Table], stream: TextIO) -> None:
    """Prints tables with Rich. Texts never pass its markup: a name may hold brackets."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    console = terminal_console(stream)
    for wide in tables:
        table = wide.fitted(console.width)
        rich = RichTable(
            title=Text(table.title, style="bold") if table.title else None,
            title_justify="left",
            box=box.SIMPLE_HEAD,
            show_header=any(column.title for column in table.columns),
            padding=(0, 1),
            pad_edge=False,
        )
        for column in table.columns:
            rich.add_column(
                Text(column.title, style="bold"),
                justify="right" if column.right else "left",
                overflow="fold",
            )
        for row in table.rows:
            rich.add_row(*(Text(printable(cell.text), style=_STYLES[cell.tone]) for cell in row))
        console.print(rich)
