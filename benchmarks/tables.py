"""Rows as tables: for the terminal, for the page on speed, for the README."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.engines.workload import KEY as SWEEP
from benchmarks.pairs import BY_HAND
from benchmarks.rows import Row, Spread
from nnlab.report.text.table import Cell, Column, Table

_HEAD = ("workload", "what", "against", "its time", "nnlab's", "ratio", "range", "goal")
_RIGHT = {"its time", "nnlab's", "ratio", "range", "goal"}
_TONES = {True: "success", False: "error", None: ""}
_LARGE = 10


def main_rows(rows: Sequence[Row]) -> list[Row]:
    """What the first table shows: of the sweep over shapes only the worst of each kind."""
    swept = [row for row in rows if row.workload == SWEEP]
    kinds = dict.fromkeys(row.what for row in swept)
    worst = [
        min((row for row in swept if row.what == what), key=lambda row: row.ratio.median)
        for what in kinds
    ]
    return [row for row in rows if row.workload != SWEEP] + worst


def sweep_rows(rows: Sequence[Row]) -> list[Row]:
    """The rows of the sweep over shapes."""
    return [row for row in rows if row.workload == SWEEP]


def terminal_table(title: str, rows: Iterable[Row]) -> Table:
    """Rows as a table to print."""
    columns = tuple(Column(head, right=head in _RIGHT) for head in _HEAD)
    return Table(title, columns, tuple(_cells(row) for row in rows))


def markdown_table(rows: Iterable[Row]) -> str:
    """Rows as a table of a Markdown page."""
    lines = [_HEAD, tuple("---:" if head in _RIGHT else "---" for head in _HEAD)]
    lines += [tuple(cell.text for cell in _cells(row)) for row in rows]
    return _markdown(lines)


def headline_table(rows: Iterable[Row]) -> str:
    """How many times as fast as the scripts, an experiment a line, in Markdown."""
    ratios: dict[str, dict[str, str]] = {}
    for row in rows:
        if row.against == BY_HAND:
            ratios.setdefault(row.case, {})[row.what] = f"{ratio_text(row.ratio.median)} x"
    head = ("experiment", "an epoch", "the whole command")
    lines = [
        (case, found.get("epoch", ""), found.get("whole process", ""))
        for case, found in ratios.items()
    ]
    return _markdown([head, ("---", "---:", "---:"), *lines])


def time_text(seconds: float) -> str:
    """A time to three digits."""
    return f"{_digits(seconds)} s" if seconds >= 1 else f"{_digits(seconds * 1000)} ms"


def ratio_text(ratio: float) -> str:
    """A ratio to two or three digits."""
    return f"{ratio:#.3g}".rstrip(".") if ratio >= _LARGE else f"{ratio:.2f}"


def _digits(value: float) -> str:
    return f"{value:#.3g}".rstrip(".") if value >= 1 else f"{value:.3f}"


def _cells(row: Row) -> tuple[Cell, ...]:
    spread = row.ratio
    goal = "" if row.goal is None else f"{row.goal:.3g} {'reached' if row.is_reached else 'missed'}"
    return (
        Cell(f"({row.workload}) {row.case}"),
        Cell(row.what),
        Cell(row.against),
        Cell(time_text(Spread.of(row.other_s).median)),
        Cell(time_text(Spread.of(row.nnlab_s).median)),
        Cell(ratio_text(spread.median), _TONES[row.is_reached]),  # type: ignore[arg-type]
        Cell(_range_text(row)),
        Cell(goal),
    )


def _range_text(row: Row) -> str:
    pairs = len(row.nnlab_s)
    if pairs == 1:
        return "1 pair"
    return f"{ratio_text(row.ratio.least)} to {ratio_text(row.ratio.most)}, {pairs} pairs"


def _markdown(lines: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
