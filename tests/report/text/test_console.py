"""The Rich console of a terminal."""

from __future__ import annotations

import io
import math
import os
import pty

import pytest

from nnlab.report.text.console import is_terminal, printable, terminal_console, terminal_width


def test_output_to_a_closed_terminal_is_discarded() -> None:
    master, slave = pty.openpty()
    stream = os.fdopen(slave, "w", encoding="utf-8", buffering=1)
    assert is_terminal(stream)
    console = terminal_console(stream)
    console.print("while it is open")
    assert os.read(master, 100).startswith(b"while it is open")
    os.close(master)
    console.print("after closing")
    with pytest.raises(OSError, match="Input/output"):
        stream.close()


def test_control_characters_are_replaced() -> None:
    assert printable("a\x1b[31mb") == "a\N{REPLACEMENT CHARACTER}[31mb"


def test_pipe_has_no_width() -> None:
    assert terminal_width(io.StringIO()) == math.inf
