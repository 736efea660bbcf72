"""Everything that nnlab can tell a user went wrong: the tree of errors, and the fault, its unit.

An error knows its exit code and its words; only `nnlab.cli` turns one into the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Location:
    """A place in a file, or on the command line.

    Args:
        file: The file as the user named it, or `--set` for a value given on the command line.
        line: Line number from 1; 0 where there is no line (a value from the command line).
        column: Column number from 1; 0 where there is no column.

    Example:
        >>> str(Location("mnist.yaml", 12, 7))
        'mnist.yaml:12:7'
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """The form that editors and terminals make clickable."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True)
class Diagnostic:
    """One thing that is wrong, or unwise, with an input, and what to do about it.

    Args:
        message: What was expected and what was received, one or two sentences.
        path: The dotted path of the value in the config; may be empty.
        location: Where the value was written; None where it was not, being missing altogether.
        hint: What to do, a sentence in the imperative; may be empty.

    Example:
        >>> print(Diagnostic("Expected a number.", "model.layers.0.Dense.units"))
        model.layers.0.Dense.units: Expected a number.
    """

    message: str
    path: str = ""
    location: Location | None = None
    hint: str = ""

    def __str__(self) -> str:
        """One line: place, path, message, remedy."""
        parts = [f"{self.location}:" if self.location else "", f"{self.path}:" if self.path else ""]
        return " ".join(part for part in [*parts, self.message, self.hint] if part)


class NnlabError(Exception):
    """The root of what nnlab raises on purpose: a run that failed, unless a subclass differs.

    Args:
        message: What went wrong, and what to do about it.
        document: What there is all the same: `--json` prints it beside the error.
    """

    exit_code = 1

    def __init__(self, message: str = "", document: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.document = dict(document or {})


class RequestError(NnlabError):
    """The request was wrong: flags, a run or a device that does not exist, a config."""

    exit_code = 2


class ConfigError(RequestError):
    """A config is wrong; carries every fault of it.

    Args:
        diagnostics: All that was found, in the order of the file.
    """

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))


class DeviceError(RequestError):
    """A device was asked for that this machine does not have."""


class RunNotFoundError(RequestError):
    """No run, or more than one, answers to the name that was given."""


class DataError(NnlabError):
    """The data cannot be read, is not there, or does not fit the experiment."""


class RunFailedError(NnlabError):
    """A run started and could not finish: it diverged, the disk filled up, memory ran out."""


class DiskError(RunFailedError):
    """The disk refused: it is full, read-only, broken. Nothing that comes can be kept either."""


class RunInterrupted(NnlabError):  # noqa: N818 - the user's wish, not a fault
    """The user stopped the run; what was trained so far is saved."""

    exit_code = 130


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
