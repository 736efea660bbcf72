"""Printing of errors, as text or JSON."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer

from nnlab.cli.options import print_json
from nnlab.cli.streams import discard_output
from nnlab.errors import ConfigError, NnlabError, RequestError

# Typer's class for a wrong command line; its public name depends on Typer's version.
_UsageError: Any = typer.BadParameter.__bases__[0]


def translate_usage_error(error: Exception) -> Exception | None:
    """Convert a usage error of Typer to a RequestError, and return other errors unchanged.

    Returns None if the command line has no command; the help is then printed.
    """
    if not isinstance(error, _UsageError):
        return error
    context: Any = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return None
    message = _invalid_value_message(error) or error.format_message()
    command = context.command_path if context is not None else "nnlab"
    return RequestError(f"{message.rstrip('. ')}. See: {command} --help")


def _invalid_value_message(error: Exception) -> str:
    """Return the message for an option's value that pydantic rejected, or an empty string."""
    from pydantic import ValidationError

    option: Any = getattr(error, "param", None)
    if not isinstance(error.__cause__, ValidationError) or option is None:
        return ""
    from nnlab.config.diagnostics.issues import issue_from_error

    first_error = error.__cause__.errors(include_url=False)[0]
    expected, _, _ = issue_from_error(first_error).message.partition(" Received:")
    return f"{expected} Received: {max(option.opts, key=len)} {first_error['input']}"


def report_error(error: Exception, *, as_json: bool) -> None:
    """Print an error to standard error, and with `--json` as a document to standard output.

    If both streams are the same terminal or file, only the document is printed.
    """
    if as_json:
        document = error.document if isinstance(error, NnlabError) else {}
        try:
            print_json({**document, "error": _error_document(error)})
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


def _error_document(error: Exception) -> dict[str, Any]:
    document: dict[str, Any] = {"type": type(error).__name__, "message": str(error)}
    if isinstance(error, ConfigError):
        from nnlab.report.text.diagnostics import diagnostic_rows

        document["diagnostics"] = diagnostic_rows(error.diagnostics)
    return document
