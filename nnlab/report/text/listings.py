"""Tables of data sets and devices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nnlab.report.text.numbers import format_count
from nnlab.report.text.table import EMPTY_CELL, Cell, Column, Table


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
