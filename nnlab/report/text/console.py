"""Whether somebody watches, and the Rich console for them."""

from __future__ import annotations

import contextlib
import math
import os
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from rich.console import Console


def is_terminal(stream: TextIO) -> bool:
    """Whether a stream shows colour and moving lines to a person.

    Args:
        stream: Standard output, standard error, or any other.

    Returns:
        False for a pipe or a file, a terminal that knows no cursor, and where `$NO_COLOR` is set to
        anything.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") in {"dumb", "unknown"}:
        return False
    return stream.isatty()


def terminal_console(stream: TextIO) -> Console:
    """A Rich console on a terminal; it colours nothing by itself.

    A terminal may be closed: what is written to it then is lost, and the work goes on.

    Args:
        stream: The terminal.

    Returns:
        The console.
    """
    from rich.console import Console

    lasting = cast("TextIO", BrokenPipeSafeStream(stream))
    return Console(file=lasting, force_terminal=True, highlight=False)


def room_of(stream: TextIO) -> float:
    """How many characters a line of a stream has room for.

    Args:
        stream: Standard output, standard error, or any other.

    Returns:
        The terminal's width; of a pipe or a file infinity.
    """
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
    r"""A text that cannot move the cursor or change colours: for what comes from files.

    Args:
        text: Any text.

    Returns:
        The text, with a mark in place of each control character.

    Example:
        >>> printable("a\x1b[31mb")
        'a�[31mb'
    """
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
