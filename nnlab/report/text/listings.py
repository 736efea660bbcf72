"""Tables of what there is to choose from: data sets, devices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nnlab.report.text.numbers import count_text
from nnlab.report.text.table import Cell, Column, Table


def datasets_table(rows: Iterable[Mapping[str, Any]]) -> Table:
    """The built-in data sets.

    Args:
        rows: A mapping for each, with its `name` and, where known, `task`, `rows`, `shape`,
            `source`, `arguments` and `description`.

    Returns:
        The table.
    """
    names = ("name", "task", "rows", "shape", "source", "description", "arguments")
    return listing("", rows, names, optional=("arguments", "description"))


def devices_table(rows: Iterable[Mapping[str, Any]]) -> Table:
    """The devices that can train.

    Args:
        rows: A mapping for each, with its `name` and, where known, `kind`, `description` and
            `memory`.

    Returns:
        The table.
    """
    return listing("", rows, ("name", "kind", "description", "memory"), optional=())


def listing(
    title: str,
    rows: Iterable[Mapping[str, Any]],
    names: Sequence[str],
    optional: Sequence[str] = (),
) -> Table:
    r"""Mappings as a table; a column that no row has is left out.

    Args:
        title: A line above it; may be empty.
        rows: A mapping for each row.
        names: The keys to show, in their order; they are the headings too.
        optional: Those that may be left out where a terminal is narrow.

    Returns:
        The table.

    Example:
        >>> rows = [{"name": "cpu", "cores": 2}, {"name": "gpu:0", "cores": 16896}]
        >>> print("\n".join(listing("", rows, ("name", "cores", "price")).lines()))
        name    cores
        cpu         2
        gpu:0  16,896
    """
    values = [dict(row) for row in rows]
    shown = [name for name in names if any(row.get(name) not in (None, "") for row in values)]
    columns = tuple(
        Column(name, right=_all_counts(values, name), optional=name in optional) for name in shown
    )
    return Table(
        title, columns, tuple(tuple(_cell(row.get(name)) for name in shown) for row in values)
    )


def _all_counts(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether a column holds nothing but whole numbers."""
    return all(_is_count(row[name]) for row in rows if row.get(name) is not None)


def _is_count(value: Any) -> bool:
    """Whether a value is a whole number; to Python, True is one."""
    return isinstance(value, int) and not isinstance(value, bool)


def _cell(value: Any) -> Cell:
    """A value in words: a count with its thousands apart, a shape as a x b, a list with commas."""
    if value is None or value == "":
        return Cell("-", "dim")
    if _is_count(value):
        return Cell(count_text(value))
    if isinstance(value, tuple):
        return Cell(" x ".join(map(str, value)))
    return Cell(", ".join(map(str, value)) if isinstance(value, list) else str(value))
