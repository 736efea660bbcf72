"""A real terminal, and one that is none."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from typing import TextIO

import pytest


class Terminal:
    """A pseudo-terminal, and all that was written to it.

    Args:
        columns: Its width, characters.
    """

    def __init__(self, columns: int) -> None:
        pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
        import fcntl
        import struct
        import termios

        self._master, slave = pty.openpty()
        size = struct.pack("HHHH", 40, columns, 0, 0)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        self.stream: TextIO = os.fdopen(slave, "w", encoding="utf-8")
        self._chunks: list[bytes] = []
        # What nobody reads fills the terminal's buffer, and the writer would wait for ever.
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        """Reads until the other end is closed, which Linux tells by an error."""
        with contextlib.suppress(OSError):
            while chunk := os.read(self._master, 65_536):
                self._chunks.append(chunk)

    def close(self) -> str:
        """Closes the terminal and gives all that was written."""
        if not self.stream.closed:
            self.stream.close()
            self._reader.join()
            os.close(self._master)
        return b"".join(self._chunks).decode()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A terminal of 120 columns that knows colours."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLUMNS", raising=False)
    terminal = Terminal(120)
    yield terminal
    terminal.close()
