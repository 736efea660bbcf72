"""Live progress of a run on standard error: a bar for a person, plain lines for a pipe.

Training tells what happens; what is shown, and how often, is decided here.
"""

from __future__ import annotations

import sys
from typing import TextIO

from nnlab.report.progress.events import Progress, SilentProgress, StartInfo
from nnlab.report.progress.live import RichProgress
from nnlab.report.progress.plain import PlainProgress
from nnlab.report.progress.search_events import SearchInfo, SearchProgress
from nnlab.report.progress.search_live import LiveSearchProgress
from nnlab.report.progress.search_plain import PlainSearchProgress
from nnlab.report.text.console import is_terminal, terminal_console

__all__ = [
    "LiveSearchProgress",
    "PlainProgress",
    "PlainSearchProgress",
    "Progress",
    "RichProgress",
    "SearchInfo",
    "SearchProgress",
    "SilentProgress",
    "StartInfo",
    "make_progress",
    "make_search_progress",
]


def make_progress(stream: TextIO | None = None) -> Progress:
    """The progress that suits a stream.

    Args:
        stream: Where to show it; None for standard error.

    Returns:
        A live bar where a person watches in a terminal, else plain lines.
    """
    out = stream or sys.stderr
    return RichProgress(terminal_console(out)) if is_terminal(out) else PlainProgress(out)


def make_search_progress(stream: TextIO | None = None) -> SearchProgress:
    """The progress of a search that suits a stream.

    Args:
        stream: Where to show it; None for standard error.

    Returns:
        A live view where a person watches in a terminal, else plain lines.
    """
    out = stream or sys.stderr
    if is_terminal(out):
        return LiveSearchProgress(terminal_console(out))
    return PlainSearchProgress(out)
