"""Faults of a config for a person to read: place, source line, what is wrong, what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TextIO

from nnlab.errors import Fault, Location
from nnlab.report.text.console import is_terminal, printable, terminal_console
from nnlab.text import plural

Level = Literal["error", "warning"]
Piece = tuple[str, str]

_COLOURS = {"error": "bold red", "warning": "bold yellow"}
_WIDTH = 100
# Of an excerpt, whatever the width of the terminal.
_LONGEST, _SHORTEST = 88, 20
_TAB = 4


def print_faults(
    faults: Sequence[Fault], warnings: Sequence[Fault] = (), stream: TextIO | None = None
) -> None:
    """Prints faults and warnings, then how many there are: with colour in a terminal, else plain.

    Args:
        faults: What makes the config wrong.
        warnings: What is legal but unwise.
        stream: Where to; None for standard error.
    """
    out = stream or sys.stderr
    lines = list(_lines(faults, warnings, shutil.get_terminal_size((_WIDTH, 0)).columns))
    if not is_terminal(out):
        out.write("".join("".join(text for text, _ in line) + "\n" for line in lines))
        return
    from rich.text import Text

    console = terminal_console(out)
    for line in lines:
        console.print(Text.assemble(*line), soft_wrap=True)


def fault_rows(faults: Sequence[Fault], warnings: Sequence[Fault] = ()) -> list[dict[str, Any]]:
    """Faults and warnings as rows for JSON.

    Args:
        faults: What makes the config wrong.
        warnings: What is legal but unwise.

    Returns:
        For each: `file`, `line` and `column` (None where it has none), `path`, `message`, `remedy`,
        and `level`, which is "error" or "warning".
    """
    return [
        {
            "file": fault.where.file if fault.where else None,
            "line": (fault.where.line or None) if fault.where else None,
            "column": (fault.where.column or None) if fault.where else None,
            "path": fault.path,
            "message": fault.message,
            "remedy": fault.remedy,
            "level": level,
        }
        for level, fault in _levelled(faults, warnings)
    ]


def _levelled(faults: Sequence[Fault], warnings: Sequence[Fault]) -> Iterator[tuple[Level, Fault]]:
    """Errors first, then warnings."""
    for fault in faults:
        yield "error", fault
    for warning in warnings:
        yield "warning", warning


def _lines(faults: Sequence[Fault], warnings: Sequence[Fault], width: int) -> Iterator[list[Piece]]:
    """All lines, each as pieces of text with their style."""
    sources: dict[str, list[str]] = {}
    for level, fault in _levelled(faults, warnings):
        place = f"{fault.where}: " if fault.where else ""
        message = printable(fault.message)
        yield [(place, "bold"), (f"{level}: ", _COLOURS[level]), (message, "")]
        if fault.where and fault.where.line:
            if fault.where.file not in sources:
                sources[fault.where.file] = _source(fault.where.file)
            yield from _excerpt(fault.where, sources[fault.where.file], _COLOURS[level], width)
        if fault.path:
            yield [("  at ", "dim"), (printable(fault.path), "cyan")]
        if fault.remedy:
            yield [("  ", ""), (printable(fault.remedy), "green")]
        yield [("", "")]
    if faults or warnings:
        yield _tally(faults, warnings)


def _source(file: str) -> list[str]:
    """A file's lines; none where it cannot be read."""
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _excerpt(
    where: Location, source: Sequence[str], colour: str, width: int
) -> Iterator[list[Piece]]:
    """The source line, cut to what fits, and a caret under the column."""
    if where.line > len(source):
        return
    line = source[where.line - 1]
    before = line[: max(where.column - 1, 0)].expandtabs(_TAB)
    shown = line.expandtabs(_TAB)
    number = str(where.line)
    room = min(_LONGEST, max(_SHORTEST, width - len(f"  {number} | ")))
    cut = max(0, min(len(before) - room // 2, len(shown) - room))
    shown = printable(shown[cut : cut + room])
    yield [(f"  {number} | ", "dim"), (shown, "")]
    if where.column:
        margin = " " * len(number)
        yield [(f"  {margin} | ", "dim"), (" " * (len(before) - cut), ""), ("^", colour)]


def _tally(faults: Sequence[Fault], warnings: Sequence[Fault]) -> list[Piece]:
    """How many there are, and in which file."""
    files = {fault.where.file for fault in [*faults, *warnings] if fault.where and fault.where.line}
    place = (
        f" in {next(iter(files))}"
        if len(files) == 1
        else f" in {len(files)} files"
        if files
        else ""
    )
    pieces: list[Piece] = []
    if faults:
        pieces.append((plural(len(faults), "fault"), _COLOURS["error"]))
    if warnings:
        pieces += [(" and ", "")] if pieces else []
        pieces.append((plural(len(warnings), "warning"), _COLOURS["warning"]))
    return [*pieces, (place, "")]
