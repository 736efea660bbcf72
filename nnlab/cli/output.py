"""The standard streams, which may be closed, full or of a limited encoding, and errors in them."""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO, cast

import typer

from nnlab.cli.options import print_json
from nnlab.errors import ConfigError, NnlabError, RequestError, describe_os_error
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
    received = f"Received: error={describe_os_error(error)!r}."
    message = f"Expected to be able to write standard output. {received}"
    return OutputError(f"{message} Redirect it to a writable file or terminal.")


# Typer's class for a wrong command line; its public name depends on Typer's version.
_UsageError: Any = typer.BadParameter.__bases__[0]


def translate_usage_error(error: Exception) -> Exception | None:
    """Convert a usage error of Typer to a RequestError, and return other errors unchanged.

    Returns None if the command line has no command; the help is then printed.
    """
    if not isinstance(error, _UsageError):
        return error
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return None
    from pydantic import ValidationError

    option: Any = getattr(error, "param", None)
    if isinstance(error.__cause__, ValidationError) and option is not None:
        from nnlab.config.diagnostics import issue_from_error

        first_error = error.__cause__.errors(include_url=False)[0]
        expected, _, _ = issue_from_error(first_error).message.partition(" Received:")
        message = f"{expected} Received: {max(option.opts, key=len)} {first_error['input']}"
    else:
        message = error.format_message()
    context: Any = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "nnlab"
    return RequestError(f"{message.rstrip('. ')}. See: {command} --help")


def report_error(error: Exception, *, as_json: bool) -> None:
    """Print an error to standard error, and with `--json` as a document to standard output.

    If both streams are the same terminal or file, only the document is printed.
    """
    if as_json:
        document = error.document if isinstance(error, NnlabError) else {}
        details: dict[str, Any] = {"type": type(error).__name__, "message": str(error)}
        if isinstance(error, ConfigError):
            from nnlab.report.text.diagnostics import diagnostic_rows

            details["diagnostics"] = diagnostic_rows(error.diagnostics)
        try:
            print_json({**document, "error": details})
        except OSError:
            discard_output()
        if _are_streams_equal() and isinstance(error, NnlabError):
            return
    if isinstance(error, ConfigError):
        from nnlab.report.text.diagnostics import print_diagnostics

        print_diagnostics(error.diagnostics)
    elif isinstance(error, NnlabError):
        typer.echo(str(error), err=True)
    else:
        message = f"Internal error: {type(error).__name__}: {error}".rstrip(". ")
        hint = "Run the command again with --debug and report the traceback."
        typer.echo(f"{message}. {hint}", err=True)


def _are_streams_equal() -> bool:
    """Return whether standard output and standard error are the same terminal or file."""
    try:
        out, err = (os.fstat(stream.fileno()) for stream in (sys.stdout, sys.stderr))
    except (OSError, ValueError):
        return False
    return os.path.samestat(out, err)
