"""Preparation of the standard streams, which may be closed, full or of a limited encoding."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO, cast

from nnlab.report.text.console import BrokenPipeSafeStream


class OutputError(OSError):
    """Standard output cannot be written, for another reason than a closed pipe."""


def prepare_streams() -> None:
    """Replace the standard streams with ones that fail in a defined way.

    Errors of standard error are ignored: a training must not end because its progress cannot be
    printed. Standard output raises `OutputError`, also if it is closed; characters that its
    encoding does not have are printed as "?".
    """
    # In this order, each opened descriptor gets the number of the closed stream (0, 1, 2), before
    # a data file can get it.
    if sys.stdin is None:
        sys.stdin = open(_open_null(os.O_RDONLY), encoding="utf-8")  # noqa: SIM115 - never closed
    if sys.stdout is None:
        # Opened for reading, so writes fail as they do for a closed stream.
        sys.stdout = open(_open_null(os.O_RDONLY), "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(_open_null(os.O_WRONLY), "w", encoding="utf-8")  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    sys.stdout = cast("TextIO", BrokenPipeSafeStream(sys.stdout, _output_error))
    sys.stderr = cast("TextIO", BrokenPipeSafeStream(sys.stderr))


def discard_output() -> None:
    """Redirect standard output to the null device, so Python's flush at exit does not fail."""
    os.dup2(_open_null(os.O_WRONLY), sys.stdout.fileno())


def _open_null(flags: int) -> int:
    """Open the null device; the descriptor is inherited by child processes."""
    descriptor = os.open(os.devnull, flags)
    os.set_inheritable(descriptor, True)
    return descriptor


def _output_error(error: OSError) -> OSError:
    """Return the error to raise if writing standard output fails."""
    if isinstance(error, BrokenPipeError):
        return error
    reason = os.strerror(error.errno) if error.errno else str(error)
    message = f"Expected to be able to write standard output. Received: error={reason!r}."
    return OutputError(f"{message} Redirect it to a writable file or terminal.")
