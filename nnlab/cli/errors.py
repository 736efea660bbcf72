"""How an error looks to the user: located faults, a sentence, or JSON; never a traceback."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer

from nnlab.cli.options import print_json
from nnlab.cli.streams import discard_output
from nnlab.errors import ConfigError, NnlabError, RequestError

# What Typer raises for a wrong command line; its own name depends on Typer's version.
_UsageError: Any = typer.BadParameter.__bases__[0]


def translate_usage_error(error: Exception) -> Exception | None:
    """An error of Typer's, which knows the command line alone, as one of ours.

    Args:
        error: What ended the command.

    Returns:
        The error to tell; any other as it is. None where no command was named: its help is shown.
    """
    if not isinstance(error, _UsageError):
        return error
    context: Any = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return None
    message = _bad_value(error) or error.format_message()
    command = context.command_path if context is not None else "nnlab"
    return RequestError(f"{message.rstrip('. ')}. See: {command} --help")


def _bad_value(error: Exception) -> str:
    """What was expected of an option, and received; empty for any other error."""
    from pydantic import ValidationError

    option: Any = getattr(error, "param", None)
    if not isinstance(error.__cause__, ValidationError) or option is None:
        return ""
    from nnlab.config.diagnostics.issues import issue_from_error

    first = error.__cause__.errors(include_url=False)[0]
    expected, _, _ = issue_from_error(first).message.partition(" Received:")
    return f"{expected} Received: {max(option.opts, key=len)} {first['input']}"


def report_error(error: Exception, *, as_json: bool) -> None:
    """Tell the user of an error, on standard error; with `--json` on standard output too.

    Where both lead to the same terminal, or the same file, the document alone is told.

    Args:
        error: What ended the command.
        as_json: Whether the command was asked for JSON.
    """
    if as_json:
        known = error.document if isinstance(error, NnlabError) else {}
        try:
            print_json({**known, "error": _as_dict(error)})
        except OSError:
            discard_output()
        if _is_one_place() and isinstance(error, NnlabError):
            return
    if isinstance(error, ConfigError):
        from nnlab.report.text.diagnostics import print_diagnostics

        print_diagnostics(error.diagnostics)
        return
    if isinstance(error, NnlabError):
        typer.echo(str(error), err=True)
        return
    name = type(error).__name__
    typer.echo(f"This is a fault of nnlab itself: {name}: {error}", err=True)
    typer.echo("Run the command again with --debug, and report what it shows.", err=True)


def _is_one_place() -> bool:
    """Whether standard output and standard error are the same terminal or file."""
    try:
        out, err = (os.fstat(stream.fileno()) for stream in (sys.stdout, sys.stderr))
    except (OSError, ValueError):
        return False
    return os.path.samestat(out, err)


def _as_dict(error: Exception) -> dict[str, Any]:
    described: dict[str, Any] = {"type": type(error).__name__, "message": str(error)}
    if isinstance(error, ConfigError):
        from nnlab.report.text.diagnostics import diagnostic_rows

        described["faults"] = diagnostic_rows(error.diagnostics)
    return described
