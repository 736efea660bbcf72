"""Standard input, output and error as they come: closed, full, or short of letters."""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO, cast

from nnlab.report.text.console import BrokenPipeSafeStream


class OutputError(OSError):
    """Standard output cannot be written, for another reason than that its reader has gone."""


def prepare_streams() -> None:
    """Makes the standard streams fit to work with, whatever they were started as.

    Standard error cannot fail afterwards: a training must not end because its news cannot be
    written. Standard output raises `OutputError`, also where it is closed; letters that it does not
    know become "?".
    """
    # In this order each takes its own number again, before a file of data could take it.
    if sys.stdin is None:
        sys.stdin = open(_null(os.O_RDONLY), encoding="utf-8")  # noqa: SIM115 - as long as we run
    if sys.stdout is None:
        # Opened for reading, it refuses what is written, as a closed one does.
        sys.stdout = open(_null(os.O_RDONLY), "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(_null(os.O_WRONLY), "w", encoding="utf-8")  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    sys.stdout = cast("TextIO", _Telling(sys.stdout))
    sys.stderr = cast("TextIO", BrokenPipeSafeStream(sys.stderr))


def discard_output() -> None:
    """Sends what is left of standard output to nowhere: Python would complain once more at exit."""
    os.dup2(_null(os.O_WRONLY), sys.stdout.fileno())


def _null(flags: int) -> int:
    """A descriptor of nowhere, for the processes that we start, too."""
    opened = os.open(os.devnull, flags)
    os.set_inheritable(opened, True)
    return opened


class _Telling:
    """A stream that tells its own failures apart from those of other files."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as error:
            raise _told(error) from error

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            raise _told(error) from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _told(error: OSError) -> OSError:
    if isinstance(error, BrokenPipeError):
        return error
    words = os.strerror(error.errno) if error.errno else str(error)
    message = f"Expected to be able to write standard output. Received: error={words!r}."
    return OutputError(f"{message} Send it to a place that can be written.")
