"""Tables: colored in a terminal, plain aligned lines in a pipe."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TextIO

from nnlab.report.text.console import is_terminal, printable, terminal_console
from nnlab.report.text.formatting import format_count, wrap_name

if TYPE_CHECKING:
    from rich.console import Console

Tone = Literal["", "best", "success", "error", "dim"]

_STYLES = {"": "", "best": "bold green", "success": "green", "error": "red", "dim": "dim"}
_COLUMN_GAP = 2
# Rich separates two columns by a space, a rule (here blank) and a space.
_RICH_COLUMN_GAP = 3
# Columns of a split table are wrapped to this width: fewer parts are easier to compare.
_SPLIT_COLUMN_WIDTH = 16
_MIN_NAME_WIDTH = 24


@dataclass(frozen=True)
class Cell:
    """A formatted value and its tone: the best of its column, a success, an error, dimmed."""

    text: str
    tone: Tone = ""


EMPTY_CELL = Cell("-", "dim")


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Args:
        title: The heading, possibly empty.
        right: Whether the column is right-aligned, as numbers are. Defaults to False.
        optional: Whether the column may be hidden if the terminal is too narrow, the last such
            column first. Defaults to False.
        wraps: Whether long texts may be wrapped after a comma. Meant for names that are made of
            several parts. Defaults to False.
        no_wrap: Whether texts are never wrapped, to be copied as they are. If the terminal is too
            narrow, the other cells of a row are printed below. Defaults to False.
    """

    title: str
    right: bool = False
    optional: bool = False
    wraps: bool = False
    no_wrap: bool = False


@dataclass(frozen=True)
class Table:
    r"""Rows of cells under headings.

    Args:
        title: A line above the table, possibly empty.
        columns: The columns, from left to right.
        rows: The rows, each with one cell per column.
        star_note: The meaning of a star, printed below a table that has one. Defaults to
            "best in column".
        notes: Lines printed below the table.
        repeated_columns: The number of leading columns repeated in each part if a table that is
            too wide for the terminal is split. Defaults to 0, which never splits.

    Example:
        >>> columns = (Column("run"), Column("loss", right=True))
        >>> rows = ((Cell("a"), Cell("0.0951", "best")), (Cell("b"), Cell("0.2000")))
        >>> print("\n".join(Table("", columns, rows).lines()))
        run    loss
        a    0.0951*
        b    0.2000
        * best in column
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    star_note: str = "best in column"
    notes: tuple[str, ...] = ()
    repeated_columns: int = 0

    def lines(self) -> list[str]:
        """Return the table as plain lines, with aligned columns and starred best values."""
        starred = self.starred_columns()
        grid = [
            [_plain_text(cell, star=star) for cell, star in zip(row, starred, strict=True)]
            for row in self.rows
        ]
        if any(column.title for column in self.columns):
            # The star is part of its column: a right-aligned heading leaves its place empty.
            headings = [
                column.title + " " * (star and column.right)
                for column, star in zip(self.columns, starred, strict=True)
            ]
            grid.insert(0, headings)
        widths = [max(map(len, texts), default=0) for texts in zip(*grid, strict=True)]
        lines = [self.title] if self.title else []
        for texts in grid:
            cells = [
                text.rjust(width) if column.right else text.ljust(width)
                for text, width, column in zip(texts, widths, self.columns, strict=True)
            ]
            lines.append((" " * _COLUMN_GAP).join(cells).rstrip())
        return [*lines, *self.footnotes()]

    def footnotes(self) -> list[str]:
        """Return the lines below the table: the meaning of the star, and the notes."""
        return [f"* {self.star_note}"] * any(self.starred_columns()) + list(self.notes)

    def starred_columns(self) -> list[bool]:
        """Return for each column whether it has a best value, marked with a star."""
        return [any(row[i].tone == "best" for row in self.rows) for i in range(len(self.columns))]

    def fit_width(self, width: int) -> Table:
        """Return the table without the optional columns that exceed a width, named in a note."""
        if self.repeated_columns:
            # A split table has space for all columns.
            return self
        keep = list(range(len(self.columns)))
        widths = self._rich_widths()
        for i in reversed(range(len(self.columns))):
            if self.columns[i].optional and sum(widths[j] for j in keep) > width:
                keep.remove(i)
        if len(keep) == len(self.columns):
            return self
        hidden = ", ".join(column.title for i, column in enumerate(self.columns) if i not in keep)
        note = f"Columns hidden (terminal too narrow): {hidden}."
        return dataclasses.replace(self._select_columns(keep), notes=(*self.notes, note))

    def split(self, width: int) -> list[Table]:
        """Split the table into parts that fit a width; the last part has the notes."""
        repeated = list(range(self.repeated_columns))
        widths = [
            *self._rich_widths()[: self.repeated_columns],
            *self._rich_widths(_SPLIT_COLUMN_WIDTH)[self.repeated_columns :],
        ]
        groups: list[list[int]] = [[]]
        for i in range(self.repeated_columns, len(self.columns)):
            used = sum(widths[j] for j in (*repeated, *groups[-1]))
            if self.repeated_columns and groups[-1] and used + widths[i] > width:
                groups.append([])
            groups[-1].append(i)
        if len(groups) == 1:
            return [self]
        parts = [self._select_columns([*repeated, *group]) for group in groups]
        return [*(dataclasses.replace(part, notes=()) for part in parts[:-1]), parts[-1]]

    def needs_stacking(self, width: int) -> bool:
        """Return whether texts that must not be wrapped exceed a width."""
        return any(column.no_wrap for column in self.columns) and sum(self._rich_widths()) > width

    def fits_numbers(self, width: int) -> bool:
        """Return whether all numbers fit a width unwrapped, with some space for the texts."""
        wrapped, unwrapped = self._rich_widths(_SPLIT_COLUMN_WIDTH), self._rich_widths()
        widths = (
            unwrapped[i] if column.right else wrapped[i] for i, column in enumerate(self.columns)
        )
        return sum(widths) <= width

    def available_width(self, width: int, index: int) -> int:
        """Return the width that the other columns leave for a column that wraps."""
        # Long texts in other columns are wrapped, too.
        limit = 2 * width // 3
        others = sum(min(used, limit) for i, used in enumerate(self._rich_widths()) if i != index)
        return max(_SPLIT_COLUMN_WIDTH, int(width - others) - _RICH_COLUMN_GAP)

    def _select_columns(self, keep: Sequence[int]) -> Table:
        columns = tuple(self.columns[i] for i in keep)
        rows = tuple(tuple(row[i] for i in keep) for row in self.rows)
        return dataclasses.replace(self, columns=columns, rows=rows)

    def _rich_widths(self, limit: float = math.inf) -> list[float]:
        """Return each column's width in a terminal if texts are wrapped at the limit."""
        starred = self.starred_columns()
        return [
            max(
                len(column.title),
                *(
                    min(len(row[i].text), _MIN_NAME_WIDTH if column.wraps else limit)
                    for row in self.rows
                ),
                0,
            )
            + starred[i]
            + _RICH_COLUMN_GAP
            for i, column in enumerate(self.columns)
        ]


def datasets_table(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Return a table of the built-in data sets."""
    keys = ("name", "task", "rows", "shape", "source", "description", "arguments")
    return listing("", rows, keys, optional=("arguments", "description"))


def devices_table(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Return a table of the devices that can train."""
    return listing("", rows, ("name", "kind", "description", "memory"))


def listing(
    title: str,
    rows: Iterable[Mapping[str, Any]],
    keys: Sequence[str],
    optional: Sequence[str] = (),
) -> Table:
    r"""Return mappings as a table with a column for each key that some row has.

    Example:
        >>> rows = [{"name": "cpu", "cores": 2}, {"name": "gpu:0", "cores": 16896}]
        >>> print("\n".join(listing("", rows, ("name", "cores", "price")).lines()))
        name    cores
        cpu         2
        gpu:0  16,896
    """
    rows = [dict(row) for row in rows]
    used = [key for key in keys if any(row.get(key) not in (None, "") for row in rows)]
    columns = tuple(
        Column(
            key,
            right=all(_is_count(row[key]) for row in rows if row.get(key) is not None),
            optional=key in optional,
        )
        for key in used
    )
    return Table(title, columns, tuple(tuple(_cell(row.get(key)) for key in used) for row in rows))


def _is_count(value: Any) -> bool:
    """Return whether a value is an integer, but no bool."""
    return isinstance(value, int) and not isinstance(value, bool)


def _cell(value: Any) -> Cell:
    """Format a count with thousands separators, a shape as `a x b`, a list with commas."""
    if value is None or value == "":
        return EMPTY_CELL
    if _is_count(value):
        return Cell(format_count(value))
    if isinstance(value, tuple):
        return Cell(" x ".join(map(str, value)))
    return Cell(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def next_steps_table(commands: Sequence[tuple[str, str]]) -> Table:
    """Return a table of suggested commands with their descriptions, easy to copy."""
    rows = tuple((Cell(command), Cell(description, "dim")) for command, description in commands)
    return Table("Next steps", (Column("", no_wrap=True), Column("")), rows)


def print_tables(tables: Table | Iterable[Table], stream: TextIO | None = None) -> None:
    """Print tables, by default to standard output: colored in a terminal, else plain."""
    out = stream or sys.stdout
    tables = [tables] if isinstance(tables, Table) else list(tables)
    if is_terminal(out):
        _print_rich(tables, out)
    else:
        out.write("\n\n".join("\n".join(table.lines()) for table in tables) + "\n")


def _plain_text(cell: Cell, *, star: bool) -> str:
    """Return a cell without color; cells of a starred column end with a star or a space."""
    text = printable(cell.text)
    return text + ("*" if cell.tone == "best" else " ") if star else text


def _print_rich(tables: Sequence[Table], stream: TextIO) -> None:
    """Print tables with Rich, as `Text` and not as markup: names may contain brackets."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    console = terminal_console(stream)
    fitted = (table.fit_width(console.width) for table in tables)
    notes: list[str] = []
    for table in (part for whole in fitted for part in whole.split(console.width)):
        if notes:
            # Rich ends a table with a blank line, but not its notes.
            console.print()
        starred, notes = table.starred_columns(), table.footnotes()
        if table.needs_stacking(console.width):
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
        for i, (column, star) in enumerate(zip(table.columns, starred, strict=True)):
            longest = max((len(row[i].text) for row in table.rows), default=0)
            rich.add_column(
                Text(column.title + " " * (star and column.right), style="bold"),
                justify="right" if column.right else "left",
                overflow="fold",
                no_wrap=column.right and table.fits_numbers(console.width),
                min_width=min(longest, console.width // 2) if i < table.repeated_columns else None,
            )
        widths = [
            table.available_width(console.width, i) if column.wraps else math.inf
            for i, column in enumerate(table.columns)
        ]
        for row in table.rows:
            rich.add_row(
                *(
                    Text(wrap_name(_plain_text(cell, star=star), width), style=_STYLES[cell.tone])
                    for cell, star, width in zip(row, starred, widths, strict=True)
                )
            )
        console.print(rich)
        for note in notes:
            console.print(Text(note, style="dim"))


def _print_stacked(table: Table, console: Console) -> None:
    """Print each cell on a separate line, unbroken even if it exceeds the terminal."""
    from rich.text import Text

    console.print(Text(table.title, style="bold"))
    for row in table.rows:
        for cell, column in zip(row, table.columns, strict=True):
            indent = "" if column.no_wrap else " " * _COLUMN_GAP
            text = f"{indent}{_plain_text(cell, star=False)}"
            console.print(Text(text, style=_STYLES[cell.tone]), soft_wrap=True)
    console.print()
