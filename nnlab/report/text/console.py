"""Terminal detection, and the Rich console for a terminal."""

from __future__ import annotations

import contextlib
import math
import os
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from rich.console import Console


def is_terminal(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that supports color and cursor movement.

    `$NO_COLOR`, set to any value, disables both.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") in {"dumb", "unknown"}:
        return False
    return stream.isatty()


def terminal_console(stream: TextIO) -> Console:
    """Return a Rich console for a terminal, without automatic highlighting.

    If the terminal is closed, later output is discarded and the run continues.
    """
    from rich.console import Console

    lasting = cast("TextIO", BrokenPipeSafeStream(stream))
    return Console(file=lasting, force_terminal=True, highlight=False)


def terminal_width(stream: TextIO) -> float:
    """Return the width of a terminal in characters; of a pipe or a file, infinity."""
    return terminal_console(stream).width if stream.isatty() else math.inf


class BrokenPipeSafeStream:
    """A stream that cannot fail: what cannot be written is lost.

    Args:
        stream: The stream.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """See `TextIO`."""
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """See `TextIO`."""
        with contextlib.suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        """All else is the stream's."""
        return getattr(self._stream, name)


def printable(text: str) -> str:
    r"""Replace control characters, which could move the cursor or change colors.

    Example:
        >>> printable("a\x1b[31mb")
        'a�[31mb'
    """
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
