"""A pseudo-terminal for tests of the terminal output."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from typing import TextIO

import pytest


class Terminal:
    """A pseudo-terminal of a width in characters, with everything written to it."""

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
        # Without a reader, the buffer fills up and the writer blocks forever.
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        """Read until the other end is closed, which Linux reports as an error."""
        with contextlib.suppress(OSError):
            while chunk := os.read(self._master, 65_536):
                self._chunks.append(chunk)

    def close(self) -> str:
        """Close the terminal and return everything written to it."""
        if not self.stream.closed:
            self.stream.close()
            self._reader.join()
            os.close(self._master)
        return b"".join(self._chunks).decode()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """Yield a terminal of 120 columns with color support."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLUMNS", raising=False)
    terminal = Terminal(120)
    yield terminal
    terminal.close()
