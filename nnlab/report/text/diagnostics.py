"""Diagnostics of a config as text: location, message, source line, hint."""

from __future__ import annotations

import contextlib
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
            "file": location.file if location else None,
            "line": (location and location.line) or None,
            "column": (location and location.column) or None,
            "path": diagnostic.path,
            "message": diagnostic.message,
            "hint": diagnostic.hint,
            "severity": severity,
        }
        for severity, diagnostic in _with_severity(diagnostics, warnings)
        for location in [diagnostic.location]
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
    """Yield all lines as styled spans; the last one has the number of errors and warnings."""
    sources: dict[str, list[str]] = {}
    for severity, diagnostic in _with_severity(diagnostics, warnings):
        location, color = diagnostic.location, _COLORS[severity]
        prefix = f"{location}: " if location else ""
        yield [(prefix, "bold"), (f"{severity}: ", color), (printable(diagnostic.message), "")]
        if location and location.line:
            if location.file not in sources:
                sources[location.file] = []
                with contextlib.suppress(OSError):
                    text = Path(location.file).read_text(encoding="utf-8", errors="replace")
                    sources[location.file] = text.splitlines()
            yield from _excerpt(location, sources[location.file], color, width)
        if diagnostic.path:
            yield [("  at ", "dim"), (printable(diagnostic.path), "cyan")]
        if diagnostic.hint:
            yield [("  ", ""), (printable(diagnostic.hint), "green")]
        yield [("", "")]
    counts: list[Span] = []
    if diagnostics:
        counts.append((plural(len(diagnostics), "error"), _COLORS["error"]))
    if warnings:
        counts += [(" and ", "")] if counts else []
        counts.append((plural(len(warnings), "warning"), _COLORS["warning"]))
    if counts:
        place = f" in {len(sources)} files"
        if len(sources) <= 1:
            place = "".join(f" in {file}" for file in sources)
        yield [*counts, (place, "")]


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
