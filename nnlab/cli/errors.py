"""How an error looks to the user: located faults, a sentence, or JSON; never a traceback."""

from __future__ import annotations

from typing import Any

import typer

from nnlab.cli.options import print_json
from nnlab.errors import ConfigError, NnlabError


def report_error(error: Exception, *, as_json: bool) -> None:
    """Tell the user of an error, on standard error; with `--json` on standard output too.

    Args:
        error: What ended the command.
        as_json: Whether the command was asked for JSON.
    """
    if as_json:
        print_json({"error": _as_dict(error)})
    if isinstance(error, ConfigError):
        from nnlab.report.faults import print_faults

        print_faults(error.faults)
        return
    if isinstance(error, NnlabError):
        typer.echo(str(error), err=True)
        return
    name = type(error).__name__
    typer.echo(f"This is a fault of nnlab itself: {name}: {error}", err=True)
    typer.echo("Run the command again with --debug, and report what it shows.", err=True)


def _as_dict(error: Exception) -> dict[str, Any]:
    described: dict[str, Any] = {"type": type(error).__name__, "message": str(error)}
    if isinstance(error, ConfigError):
        from nnlab.report.faults import fault_rows

        described["faults"] = fault_rows(error.faults)
    return described
