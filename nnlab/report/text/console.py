"""Terminal detection, and the Rich console for a terminal."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from collections.abc import Callable

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

    safe_stream = cast("TextIO", BrokenPipeSafeStream(stream))
    return Console(file=safe_stream, force_terminal=True, highlight=False)


def terminal_width(stream: TextIO) -> float:
    """Return the width of a terminal in characters; of a pipe or a file, infinity."""
    return terminal_console(stream).width if stream.isatty() else math.inf


class BrokenPipeSafeStream:
    """A text stream whose writes do not fail when the reader or the terminal is gone.

    Args:
        stream: The stream to write to.
        on_error: Returns the exception to raise for a failed write. Defaults to None: what cannot
            be written is discarded.
    """

    def __init__(
        self, stream: TextIO, on_error: Callable[[OSError], Exception] | None = None
    ) -> None:
        self._stream = stream
        self._on_error = on_error

    def write(self, text: str) -> int:
        """Write text, see `TextIO`."""
        try:
            self._stream.write(text)
        except OSError as error:
            self._handle(error)
        return len(text)

    def flush(self) -> None:
        """Write buffered text, see `TextIO`."""
        try:
            self._stream.flush()
        except OSError as error:
            self._handle(error)

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the wrapped stream."""
        return getattr(self._stream, name)

    def _handle(self, error: OSError) -> None:
        if self._on_error is not None:
            raise self._on_error(error) from error


def printable(text: str) -> str:
    r"""Replace control characters, which could move the cursor or change colors.

    Example:
        >>> printable("a\x1b[31mb")
        'a�[31mb'
    """
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
