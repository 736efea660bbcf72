"""Rows as tables for the terminal, docs/performance.md and the README."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.engines.workload import KEY as SWEEP
from benchmarks.pairs import BY_HAND
from benchmarks.rows import Row, Summary
from nnlab.report.text.table import Cell, Column, Table

_HEAD = ("workload", "what", "against", "its time", "nnlab's", "ratio", "range", "goal")
_RIGHT = {"its time", "nnlab's", "ratio", "range", "goal"}
_TONES = {True: "success", False: "error", None: ""}
_THREE_DIGITS_FROM = 10


def main_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the rows of the first table; of the sweep over shapes, the worst of each kind."""
    swept = [row for row in rows if row.workload == SWEEP]
    kinds = dict.fromkeys(row.what for row in swept)
    worst = [
        min((row for row in swept if row.what == what), key=lambda row: row.ratio.median)
        for what in kinds
    ]
    return [row for row in rows if row.workload != SWEEP] + worst


def sweep_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the rows of the sweep over shapes."""
    return [row for row in rows if row.workload == SWEEP]


def terminal_table(title: str, rows: Iterable[Row]) -> Table:
    """Return rows as a table for the terminal."""
    columns = tuple(Column(head, right=head in _RIGHT) for head in _HEAD)
    return Table(title, columns, tuple(_cells(row) for row in rows))


def markdown_table(rows: Iterable[Row]) -> str:
    """Return rows as a Markdown table."""
    lines = [_HEAD, tuple("---:" if head in _RIGHT else "---" for head in _HEAD)]
    lines += [tuple(cell.text for cell in _cells(row)) for row in rows]
    return _markdown(lines)


def headline_table(rows: Iterable[Row]) -> str:
    """Return the speedup over the scripts, one experiment per line, as a Markdown table."""
    ratios: dict[str, dict[str, str]] = {}
    for row in rows:
        if row.against == BY_HAND:
            ratios.setdefault(row.case, {})[row.what] = f"{format_ratio(row.ratio.median)} x"
    head = ("experiment", "an epoch", "the whole command")
    lines = [
        (case, by_kind.get("epoch", ""), by_kind.get("whole process", ""))
        for case, by_kind in ratios.items()
    ]
    return _markdown([head, ("---", "---:", "---:"), *lines])


def summary_sentence(rows: Iterable[Row]) -> str:
    """Return the range of speedups over the scripts as one sentence."""
    ratios: dict[str, list[float]] = {}
    for row in rows:
        if row.against == BY_HAND:
            ratios.setdefault(row.what, []).append(row.ratio.median)
    epoch, process = (
        f"{format_ratio(min(ratios[what]))} to {format_ratio(max(ratios[what]))} times"
        for what in ("epoch", "whole process")
    )
    page = "[docs/performance.md](docs/performance.md)"
    return (
        f"An epoch is {epoch}, the whole command {process} as fast as in a hand-written Keras\n"
        f"script: {page}."
    )


def format_time(seconds: float) -> str:
    """Format a time to three digits."""
    return f"{_digits(seconds)} s" if seconds >= 1 else f"{_digits(seconds * 1000)} ms"


def format_ratio(ratio: float) -> str:
    """Format a ratio to two or three digits."""
    return f"{ratio:#.3g}".rstrip(".") if ratio >= _THREE_DIGITS_FROM else f"{ratio:.2f}"


def _digits(value: float) -> str:
    return f"{value:#.3g}".rstrip(".") if value >= 1 else f"{value:.3f}"


def _cells(row: Row) -> tuple[Cell, ...]:
    ratio = row.ratio
    goal = "" if row.goal is None else f"{row.goal:.3g} {'reached' if row.is_reached else 'missed'}"
    return (
        Cell(f"({row.workload}) {row.case}"),
        Cell(row.what),
        Cell(row.against),
        Cell(format_time(Summary.of(row.other_s).median)),
        Cell(format_time(Summary.of(row.nnlab_s).median)),
        Cell(format_ratio(ratio.median), _TONES[row.is_reached]),  # type: ignore[arg-type]
        Cell(_range_text(row)),
        Cell(goal),
    )


def _range_text(row: Row) -> str:
    pairs = len(row.nnlab_s)
    if pairs == 1:
        return "1 pair"
    return f"{format_ratio(row.ratio.low)} to {format_ratio(row.ratio.high)}, {pairs} pairs"


def _markdown(lines: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
