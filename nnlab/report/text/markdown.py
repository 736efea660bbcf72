"""Tables as Markdown, rows as CSV: for pages and spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nnlab.report.text.console import printable
from nnlab.report.text.phrases import plain_text
from nnlab.report.text.table import Cell, Table


def markdown(tables: Iterable[Table]) -> str:
    r"""Tables in the form that GitHub, GitLab and Jupyter read.

    Args:
        tables: The tables.

    Returns:
        Markdown: a heading, the table with its best in bold, its notes.

    Example:
        >>> from nnlab.report.text.table import Column
        >>> columns = (Column("run"), Column("loss", right=True))
        >>> rows = ((Cell("a|b"), Cell("0.1", "best")),)
        >>> print(markdown([Table("Metrics", columns, rows, notes=("a note",))]))
        ### Metrics
        <BLANKLINE>
        | run | loss |
        | --- | ---: |
        | a\|b | **0.1** |
        <BLANKLINE>
        a note
    """
    return "\n\n".join(block for table in tables for block in _blocks(table))


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    r"""Mappings with the same keys as CSV.

    Args:
        rows: A mapping for each row.

    Returns:
        A heading and a line for each; empty where a value is None; lists, mappings, true and false
        as YAML writes them.

    Example:
        >>> csv_text([{"run": "a", "loss": 0.1}, {"run": "b", "loss": None}])
        'run,loss\na,0.1\nb,\n'
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {
            key: plain_text(value) if isinstance(value, (dict, list, bool)) else value
            for key, value in row.items()
        }
        for row in rows
    )
    return text.getvalue()


def _blocks(table: Table) -> list[str]:
    blocks = [f"### {table.title}"] if table.title else []
    if table.rows:
        heads = [_escaped(column.title) for column in table.columns]
        rules = ["---:" if column.right else "---" for column in table.columns]
        lines = [heads, rules, *([_cell(cell) for cell in row] for row in table.rows)]
        blocks.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
    return blocks + ["  \n".join(map(_escaped, table.notes))] * bool(table.notes)


def _cell(cell: Cell) -> str:
    text = _escaped(cell.text)
    return f"**{text}**" if cell.tone == "best" else text


def _escaped(text: str) -> str:
    """A text that stays in its cell, and that Markdown and HTML leave alone."""
    plain = printable(text)
    for sign in ("\\", "|", "*", "`", "<", "[", "]"):
        plain = plain.replace(sign, f"\\{sign}")
    return plain
