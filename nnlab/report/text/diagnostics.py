"""Faults of a config for a person to read: place, source line, what is wrong, what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TextIO

from nnlab.errors import Diagnostic, Location
from nnlab.report.text.console import is_terminal, printable, terminal_console
from nnlab.text import plural

Level = Literal["error", "warning"]
Piece = tuple[str, str]

_COLOURS = {"error": "bold red", "warning": "bold yellow"}
_WIDTH = 100
# Of an excerpt, whatever the width of the terminal.
_LONGEST, _SHORTEST = 88, 20
_TAB = 4


def print_diagnostics(
    diagnostics: Sequence[Diagnostic],
    warnings: Sequence[Diagnostic] = (),
    stream: TextIO | None = None,
) -> None:
    """Prints faults and warnings, then how many there are: with colour in a terminal, else plain.

    Args:
        diagnostics: What makes the config wrong.
        warnings: What is legal but unwise.
        stream: Where to; None for standard error.
    """
    out = stream or sys.stderr
    lines = list(_lines(diagnostics, warnings, shutil.get_terminal_size((_WIDTH, 0)).columns))
    if not is_terminal(out):
        out.write("".join("".join(text for text, _ in line) + "\n" for line in lines))
        return
    from rich.text import Text

    console = terminal_console(out)
    for line in lines:
        console.print(Text.assemble(*line), soft_wrap=True)


def diagnostic_rows(
    diagnostics: Sequence[Diagnostic], warnings: Sequence[Diagnostic] = ()
) -> list[dict[str, Any]]:
    """Faults and warnings as rows for JSON.

    Args:
        diagnostics: What makes the config wrong.
        warnings: What is legal but unwise.

    Returns:
        For each: `file`, `line` and `column` (None where it has none), `path`, `message`, `hint`,
        and `level`, which is "error" or "warning".
    """
    return [
        {
            "file": diagnostic.location.file if diagnostic.location else None,
            "line": (diagnostic.location.line or None) if diagnostic.location else None,
            "column": (diagnostic.location.column or None) if diagnostic.location else None,
            "path": diagnostic.path,
            "message": diagnostic.message,
            "remedy": diagnostic.hint,
            "level": level,
        }
        for level, diagnostic in _levelled(diagnostics, warnings)
    ]


def _levelled(
    diagnostics: Sequence[Diagnostic], warnings: Sequence[Diagnostic]
) -> Iterator[tuple[Level, Diagnostic]]:
    """Errors first, then warnings."""
    for diagnostic in diagnostics:
        yield "error", diagnostic
    for warning in warnings:
        yield "warning", warning


def _lines(
    diagnostics: Sequence[Diagnostic], warnings: Sequence[Diagnostic], width: int
) -> Iterator[list[Piece]]:
    """All lines, each as pieces of text with their style."""
    sources: dict[str, list[str]] = {}
    for level, diagnostic in _levelled(diagnostics, warnings):
        place = f"{diagnostic.location}: " if diagnostic.location else ""
        message = printable(diagnostic.message)
        yield [(place, "bold"), (f"{level}: ", _COLOURS[level]), (message, "")]
        if diagnostic.location and diagnostic.location.line:
            if diagnostic.location.file not in sources:
                sources[diagnostic.location.file] = _source(diagnostic.location.file)
            yield from _excerpt(
                diagnostic.location, sources[diagnostic.location.file], _COLOURS[level], width
            )
        if diagnostic.path:
            yield [("  at ", "dim"), (printable(diagnostic.path), "cyan")]
        if diagnostic.hint:
            yield [("  ", ""), (printable(diagnostic.hint), "green")]
        yield [("", "")]
    if diagnostics or warnings:
        yield _tally(diagnostics, warnings)


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


def _tally(diagnostics: Sequence[Diagnostic], warnings: Sequence[Diagnostic]) -> list[Piece]:
    """How many there are, and in which file."""
    files = {
        diagnostic.location.file
        for diagnostic in [*diagnostics, *warnings]
        if diagnostic.location and diagnostic.location.line
    }
    place = (
        f" in {next(iter(files))}"
        if len(files) == 1
        else f" in {len(files)} files"
        if files
        else ""
    )
    pieces: list[Piece] = []
    if diagnostics:
        pieces.append((plural(len(diagnostics), "fault"), _COLOURS["error"]))
    if warnings:
        pieces += [(" and ", "")] if pieces else []
        pieces.append((plural(len(warnings), "warning"), _COLOURS["warning"]))
    return [*pieces, (place, "")]
