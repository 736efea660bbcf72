"""Progress on standard error: live views for a terminal, plain lines for a pipe or a log file."""

from __future__ import annotations

import sys
from typing import TextIO

from nnlab.report.progress.run import (
    PlainProgress,
    Progress,
    RichProgress,
    SilentProgress,
    StartInfo,
)
from nnlab.report.progress.search import SearchInfo, SearchProgress
from nnlab.report.progress.search_views import PlainSearchProgress, RichSearchProgress
from nnlab.report.text.console import is_terminal, terminal_console

__all__ = [
    "PlainProgress",
    "PlainSearchProgress",
    "Progress",
    "RichProgress",
    "RichSearchProgress",
    "SearchInfo",
    "SearchProgress",
    "SilentProgress",
    "StartInfo",
    "make_progress",
    "make_search_progress",
]


def make_progress(stream: TextIO | None = None) -> Progress:
    """Return a live bar for a terminal, plain lines otherwise; None for standard error."""
    out = stream or sys.stderr
    return RichProgress(terminal_console(out)) if is_terminal(out) else PlainProgress(out)


def make_search_progress(stream: TextIO | None = None) -> SearchProgress:
    """Return a live view of a search for a terminal, plain lines otherwise."""
    out = stream or sys.stderr
    if is_terminal(out):
        return RichSearchProgress(terminal_console(out))
    return PlainSearchProgress(out)
