"""Live progress of a run on standard error: a bar for a person, plain lines for a pipe.

Training tells what happens; what is shown, and how often, is decided here.
"""

from __future__ import annotations

import sys
from typing import TextIO

from nnlab.report.progress.events import Progress, SilentProgress, StartInfo
from nnlab.report.progress.live import RichProgress
from nnlab.report.progress.plain import PlainProgress
from nnlab.report.terminal import is_terminal, terminal_console

__all__ = [
    "PlainProgress",
    "Progress",
    "RichProgress",
    "SilentProgress",
    "StartInfo",
    "make_progress",
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
