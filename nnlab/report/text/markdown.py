"""Tables as Markdown, rows as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nnlab.report.text.console import printable
from nnlab.report.text.formatting import format_yaml_value
from nnlab.report.text.table import Table


def to_markdown(tables: Iterable[Table]) -> str:
    r"""Format tables as GitHub-flavored Markdown: heading, rows with the best in bold, notes.

    Example:
        >>> from nnlab.report.text.table import Cell, Column
        >>> columns = (Column("run"), Column("loss", right=True))
        >>> rows = ((Cell("a|b"), Cell("0.1", "best")),)
        >>> print(to_markdown([Table("Metrics", columns, rows, notes=("a note",))]))
        ### Metrics
        <BLANKLINE>
        | run | loss |
        | --- | ---: |
        | a\|b | **0.1** |
        <BLANKLINE>
        a note
    """
    blocks = []
    for table in tables:
        if table.title:
            blocks.append(f"### {table.title}")
        if table.rows:
            headings = [_escape(column.title) for column in table.columns]
            rules = ["---:" if column.right else "---" for column in table.columns]
            rows = [
                [
                    f"**{_escape(cell.text)}**" if cell.tone == "best" else _escape(cell.text)
                    for cell in row
                ]
                for row in table.rows
            ]
            blocks.append("\n".join(f"| {' | '.join(line)} |" for line in (headings, rules, *rows)))
        if table.notes:
            blocks.append("  \n".join(map(_escape, table.notes)))
    return "\n\n".join(blocks)


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    r"""Format mappings with the same keys as CSV: None is empty, lists and mappings are YAML.

    Example:
        >>> to_csv([{"run": "a", "loss": 0.1}, {"run": "b", "loss": None}])
        'run,loss\na,0.1\nb,\n'
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {
            key: format_yaml_value(value) if isinstance(value, (dict, list, bool)) else value
            for key, value in row.items()
        }
        for row in rows
    )
    return text.getvalue()


def _escape(text: str) -> str:
    """Escape the characters that end a cell or have a meaning in Markdown or HTML."""
    escaped = printable(text)
    for character in ("\\", "|", "*", "`", "<", "[", "]"):
        escaped = escaped.replace(character, f"\\{character}")
    return escaped
