"""A small neutral table: colour and rules in a terminal, plain aligned lines in a pipe."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TextIO

from nnlab.report.text.console import is_terminal, printable, terminal_console
from nnlab.report.text.phrases import folded

if TYPE_CHECKING:
    from rich.console import Console

Tone = Literal["", "best", "good", "bad", "dim"]

_STYLES = {"": "", "best": "bold green", "good": "green", "bad": "red", "dim": "dim"}
_GAP = 2
# Between two columns Rich puts a blank, the place of a rule, and a blank.
_RICH_GAP = 3
# Where a table is cut into parts, longer texts are folded: few parts are easier to compare.
_FOLDED = 16
# The room that a name which may be folded has at least.
_NAME = 24


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
        folds: Whether its texts may go on in another line, behind a comma, where a terminal is too
            narrow: names made of several parts.
        whole: Whether its texts are never folded, as they are there to be copied: where a terminal
            is too narrow, the rest of a row stands below such a text.
    """

    title: str
    right: bool = False
    optional: bool = False
    folds: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Table:
    r"""Rows of cells under headings.

    Args:
        title: A line above it; may be empty.
        columns: The columns, from the left.
        rows: The rows, each with a cell for every column.
        star: What a star says, told below a table that has one.
        notes: Lines below it.
        fixed: How many columns from the left stand in every part, where a table that is too wide
            for a terminal is cut into parts; 0: it is not cut.

    Example:
        >>> columns = (Column("run"), Column("loss", right=True))
        >>> rows = ((Cell("a"), Cell("0.0951", "best")), (Cell("b"), Cell("0.2000")))
        >>> print("\n".join(Table("", columns, rows).lines()))
        run    loss
        a    0.0951*
        b    0.2000
        * the best of its column
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    star: str = "the best of its column"
    notes: tuple[str, ...] = ()
    fixed: int = 0

    def lines(self) -> list[str]:
        """The table as plain lines: columns aligned, the best of a column marked with a star."""
        marked = self.marked()
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
        return [*lines, *self.footnotes()]

    def footnotes(self) -> list[str]:
        """What its marks mean, and its notes, a line each."""
        return [f"* {self.star}"] * any(self.marked()) + list(self.notes)

    def fitted(self, width: int) -> Table:
        """The table without the optional columns that `width` has no room for.

        Args:
            width: The terminal's width, characters.

        Returns:
            The table, or one with fewer columns and a note that names those left out.
        """
        if self.fixed:
            # It is cut into parts, which have room for all.
            return self
        keep = list(range(len(self.columns)))
        needs = self._widths()
        for i in reversed(range(len(self.columns))):
            if self.columns[i].optional and sum(needs[j] for j in keep) > width:
                keep.remove(i)
        if len(keep) == len(self.columns):
            return self
        gone = ", ".join(column.title for i, column in enumerate(self.columns) if i not in keep)
        note = f"Left out for want of room: {gone}. A wider terminal shows more."
        return dataclasses.replace(self._with_columns(keep), notes=(*self.notes, note))

    def parts(self, width: int) -> list[Table]:
        """The table cut into parts that `width` has room for; the notes stand below the last.

        Args:
            width: The terminal's width, characters.

        Returns:
            One table or more, each with the first `fixed` columns and some of the others.
        """
        needs = [*self._widths()[: self.fixed], *self._widths(_FOLDED)[self.fixed :]]
        head = list(range(self.fixed))
        groups: list[list[int]] = [[]]
        for i in range(self.fixed, len(self.columns)):
            taken = sum(needs[j] for j in (*head, *groups[-1]))
            if self.fixed and groups[-1] and taken + needs[i] > width:
                groups.append([])
            groups[-1].append(i)
        if len(groups) == 1:
            return [self]
        cut = [self._with_columns([*head, *group]) for group in groups]
        above = [dataclasses.replace(table, notes=()) for table in cut[:-1]]
        return [*above, cut[-1]]

    def _with_columns(self, keep: Sequence[int]) -> Table:
        columns = tuple(self.columns[i] for i in keep)
        rows = tuple(tuple(row[i] for i in keep) for row in self.rows)
        return dataclasses.replace(self, columns=columns, rows=rows)

    def marked(self) -> list[bool]:
        """Which columns have a best one, and so the place of a star."""
        return [any(row[i].tone == "best" for row in self.rows) for i in range(len(self.columns))]

    def is_to_copy(self, width: int) -> bool:
        """Whether it has texts that must not be folded, and `width` no room for them.

        Args:
            width: The terminal's width, characters.
        """
        return any(column.whole for column in self.columns) and sum(self._widths()) > width

    def _widths(self, longest: float = math.inf) -> list[float]:
        """The room that each column wants in a terminal, where longer texts are folded."""
        marked = self.marked()
        return [
            max(
                len(column.title),
                *(min(len(row[i].text), _NAME if column.folds else longest) for row in self.rows),
                0,
            )
            + marked[i]
            + _RICH_GAP
            for i, column in enumerate(self.columns)
        ]

    def keeps_numbers(self, width: int) -> bool:
        """Whether a terminal has room for each number on one line, and some for the texts.

        Args:
            width: The terminal's width, characters.
        """
        numbers = [column.right for column in self.columns]
        needs = zip(self._widths(_FOLDED), self._widths(), numbers, strict=True)
        return sum(whole if is_number else folded for folded, whole, is_number in needs) <= width

    def room(self, width: int, place: int) -> int:
        """The room that a column whose texts are folded has, beside all others.

        Args:
            width: The terminal's width, characters.
            place: Which column.
        """
        # A sentence beside it is folded as well.
        most = 2 * width // 3
        others = sum(min(need, most) for i, need in enumerate(self._widths()) if i != place)
        return max(_FOLDED, int(width - others) - _RICH_GAP)


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
    fitted = (table.fitted(console.width) for table in tables)
    notes: list[str] = []
    for table in (part for whole in fitted for part in whole.parts(console.width)):
        if notes:
            # A table ends with a blank line of its own, its notes do not.
            console.print()
        marked, notes = table.marked(), table.footnotes()
        if table.is_to_copy(console.width):
            _print_stacked(table, console)
            continue
        rich = RichTable(
            title=Text(table.title, style="bold") if table.title else None,
            title_justify="left",
            box=box.SIMPLE_HEAD,
            show_header=any(column.title for column in table.columns),
            padding=(0, 1),
            pad_edge=False,
        )
        for i, (column, star) in enumerate(zip(table.columns, marked, strict=True)):
            longest = max((len(row[i].text) for row in table.rows), default=0)
            rich.add_column(
                Text(column.title + " " * (star and column.right), style="bold"),
                justify="right" if column.right else "left",
                overflow="fold",
                no_wrap=column.right and table.keeps_numbers(console.width),
                min_width=min(longest, console.width // 2) if i < table.fixed else None,
            )
        rooms = [
            table.room(console.width, i) if column.folds else math.inf
            for i, column in enumerate(table.columns)
        ]
        for row in table.rows:
            cells = zip(row, marked, rooms, strict=True)
            rich.add_row(
                *(
                    Text(folded(_plain(cell, star=star), room), style=_STYLES[cell.tone])
                    for cell, star, room in cells
                )
            )
        console.print(rich)
        for note in notes:
            console.print(Text(note, style="dim"))


def _print_stacked(table: Table, console: Console) -> None:
    """Prints each cell on a line of its own, which goes over the terminal's end unbroken."""
    from rich.text import Text

    console.print(Text(table.title, style="bold"))
    for row in table.rows:
        for cell, column in zip(row, table.columns, strict=True):
            indent = "" if column.whole else " " * _GAP
            text = f"{indent}{_plain(cell, star=False)}"
            console.print(Text(text, style=_STYLES[cell.tone]), soft_wrap=True)
    console.print()


def next_table(commands: Sequence[tuple[str, str]]) -> Table:
    """Commands to go on with.

    Args:
        commands: Pairs of a command and what it does.

    Returns:
        The table; a command in it can be copied from the narrowest terminal.
    """
    rows = tuple((Cell(command), Cell(words, "dim")) for command, words in commands)
    return Table("Next", (Column("", whole=True), Column("")), rows)
