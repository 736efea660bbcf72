"""Consoles on terminals that may be closed."""

from __future__ import annotations

import os
import pty

import pytest

from nnlab.report.text.console import is_terminal, terminal_console


def test_writing_to_a_closed_terminal_ends_nothing() -> None:
    master, slave = pty.openpty()
    stream = os.fdopen(slave, "w", encoding="utf-8", buffering=1)
    assert is_terminal(stream)
    console = terminal_console(stream)
    console.print("while it is open")
    assert os.read(master, 100).startswith(b"while it is open")
    os.close(master)
    console.print("after it was closed")
    with pytest.raises(OSError, match="Input/output"):
        stream.close()
