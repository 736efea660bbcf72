"""Plain lines on a stream, which may be read by nobody any more."""

from __future__ import annotations

from typing import TextIO


class Lines:
    """Writes lines to a stream as long as somebody reads them.

    Whoever reads may leave (`nnlab train ... 2>&1 | head`): the work goes on.

    Args:
        stream: Where to write.

    Example:
        >>> import sys
        >>> Lines(sys.stdout).write("epoch 1/20")
        epoch 1/20
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_read = True

    def write(self, text: str) -> None:
        """Write a line at once.

        Args:
            text: The line, without its end.
        """
        if not self._is_read:
            return
        try:
            self._stream.write(text + "\n")
            self._stream.flush()
        except OSError:
            self._is_read = False
