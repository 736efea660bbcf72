"""The exceptions of nnlab, and `Diagnostic`, one located error or warning.

An exception knows its exit code and its message; `nnlab.cli` prints the message and exits.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Location:
    """A position in a file or on the command line.

    Args:
        file: The file as the user named it, or `--set` for a value of the command line.
        line: Line number from 1; 0 without a line, as for the command line.
        column: Column number from 1; 0 without a column.

    Example:
        >>> str(Location("mnist.yaml", 12, 7))
        'mnist.yaml:12:7'
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return `file:line:column`, which editors and terminals turn into a link."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True)
class Diagnostic:
    """An error or a warning about an input.

    Args:
        message: What was expected and what was received.
        path: The dotted path of the value in the config; may be empty.
        location: Where the value is written; None for a missing value.
        hint: How to fix it; may be empty.

    Example:
        >>> print(Diagnostic("Expected a number.", "model.layers.0.Dense.units"))
        model.layers.0.Dense.units: Expected a number.
    """

    message: str
    path: str = ""
    location: Location | None = None
    hint: str = ""

    def __str__(self) -> str:
        """Return location, path, message and hint in one line."""
        parts = [f"{self.location}:" if self.location else "", f"{self.path}:" if self.path else ""]
        return " ".join(part for part in [*parts, self.message, self.hint] if part)


class NnlabError(Exception):
    """The base class of nnlab's exceptions, and the exception for a run that failed.

    Args:
        message: What went wrong, and how to fix it.
        document: Partial results, which `--json` prints next to the error.
    """

    exit_code = 1

    def __init__(self, message: str = "", document: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.document = dict(document or {})


class RequestError(NnlabError):
    """The request is wrong: an option, a config, or a run or device that does not exist."""

    exit_code = 2


class ConfigError(RequestError):
    """A config is invalid.

    Args:
        diagnostics: All errors of the config, in the order of the file.
    """

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))


class DeviceError(RequestError):
    """The requested device does not exist on this machine."""


class RunNotFoundError(RequestError):
    """No run, or more than one run, has the given name."""


class DataError(NnlabError):
    """The data are missing, unreadable, or do not fit the experiment."""


class RunFailedError(NnlabError):
    """A run failed: it diverged, the disk is full, or memory ran out."""


class DiskError(RunFailedError):
    """Writing failed (disk full or read-only); later writes will fail too."""


class RunInterrupted(NnlabError):  # noqa: N818 - an interruption is not an error
    """The user stopped the run; the training so far is saved."""

    exit_code = 130


def describe_os_error(error: OSError) -> str:
    """Return the system's text for an error, without its number and path."""
    return os.strerror(error.errno) if error.errno else str(error)


def describe_exception(error: BaseException, *, one_line: bool = False) -> str:
    """Return an exception's text, with the type in front unless it is one of nnlab's."""
    if isinstance(error, KeyboardInterrupt):
        return "Interrupted from the keyboard."
    if isinstance(error, NnlabError):
        return str(error)
    text = str(error)
    if one_line:
        text = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return f"{type(error).__name__}: {text}".removesuffix(": ")
