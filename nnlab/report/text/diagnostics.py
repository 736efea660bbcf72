"""Diagnostics of a config as text: location, message, source line, hint."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TextIO

from nnlab.errors import Diagnostic, Location
from nnlab.report.text.console import is_terminal, printable, terminal_console
from nnlab.text import plural

Severity = Literal["error", "warning"]
Span = tuple[str, str]
"""A text and its Rich style."""

_COLORS = {"error": "bold red", "warning": "bold yellow"}
_DEFAULT_WIDTH = 100
_MIN_EXCERPT_WIDTH, _MAX_EXCERPT_WIDTH = 20, 88
_TAB_WIDTH = 4


def print_diagnostics(
    diagnostics: Sequence[Diagnostic],
    warnings: Sequence[Diagnostic] = (),
    stream: TextIO | None = None,
) -> None:
    """Print errors, warnings and their number, by default to standard error."""
    out = stream or sys.stderr
    width = shutil.get_terminal_size((_DEFAULT_WIDTH, 0)).columns
    lines = list(_lines(diagnostics, warnings, width))
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
    """Return errors and warnings for JSON, with null for a missing file, line or column."""
    return [
        {
            "file": diagnostic.location.file if diagnostic.location else None,
            "line": (diagnostic.location.line or None) if diagnostic.location else None,
            "column": (diagnostic.location.column or None) if diagnostic.location else None,
            "path": diagnostic.path,
            "message": diagnostic.message,
            "hint": diagnostic.hint,
            "severity": severity,
        }
        for severity, diagnostic in _with_severity(diagnostics, warnings)
    ]


def _with_severity(
    diagnostics: Sequence[Diagnostic], warnings: Sequence[Diagnostic]
) -> Iterator[tuple[Severity, Diagnostic]]:
    for diagnostic in diagnostics:
        yield "error", diagnostic
    for warning in warnings:
        yield "warning", warning


def _lines(
    diagnostics: Sequence[Diagnostic], warnings: Sequence[Diagnostic], width: int
) -> Iterator[list[Span]]:
    """Yield all lines as styled spans."""
    sources: dict[str, list[str]] = {}
    for severity, diagnostic in _with_severity(diagnostics, warnings):
        location, color = diagnostic.location, _COLORS[severity]
        prefix = f"{location}: " if location else ""
        yield [(prefix, "bold"), (f"{severity}: ", color), (printable(diagnostic.message), "")]
        if location and location.line:
            if location.file not in sources:
                sources[location.file] = _read_lines(location.file)
            yield from _excerpt(location, sources[location.file], color, width)
        if diagnostic.path:
            yield [("  at ", "dim"), (printable(diagnostic.path), "cyan")]
        if diagnostic.hint:
            yield [("  ", ""), (printable(diagnostic.hint), "green")]
        yield [("", "")]
    if diagnostics or warnings:
        yield _count_line(diagnostics, warnings)


def _read_lines(file: str) -> list[str]:
    """Return the lines of a file, or none if it is unreadable."""
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _excerpt(
    location: Location, source: Sequence[str], color: str, width: int
) -> Iterator[list[Span]]:
    """Yield the source line, cut around the column to fit the width, and a caret below it."""
    if location.line > len(source):
        return
    line = source[location.line - 1]
    before = line[: max(location.column - 1, 0)].expandtabs(_TAB_WIDTH)
    excerpt = line.expandtabs(_TAB_WIDTH)
    number = str(location.line)
    length = min(_MAX_EXCERPT_WIDTH, max(_MIN_EXCERPT_WIDTH, width - len(f"  {number} | ")))
    start = max(0, min(len(before) - length // 2, len(excerpt) - length))
    yield [(f"  {number} | ", "dim"), (printable(excerpt[start : start + length]), "")]
    if location.column:
        margin = " " * len(number)
        yield [(f"  {margin} | ", "dim"), (" " * (len(before) - start), ""), ("^", color)]


def _count_line(diagnostics: Sequence[Diagnostic], warnings: Sequence[Diagnostic]) -> list[Span]:
    """Return the number of errors and warnings, and their file."""
    files = {
        diagnostic.location.file
        for diagnostic in [*diagnostics, *warnings]
        if diagnostic.location and diagnostic.location.line
    }
    if len(files) == 1:
        place = f" in {next(iter(files))}"
    else:
        place = f" in {len(files)} files" if files else ""
    spans: list[Span] = []
    if diagnostics:
        spans.append((plural(len(diagnostics), "error"), _COLORS["error"]))
    if warnings:
        spans += [(" and ", "")] if spans else []
        spans.append((plural(len(warnings), "warning"), _COLORS["warning"]))
    return [*spans, (place, "")]
