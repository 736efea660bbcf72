"""The output of a finished comparison, including its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from nnlab.cli.options import print_json
from nnlab.errors import NnlabError, RunFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def write_report_and_print(
    document: Mapping[str, Any],
    write_report: Callable[[], None] | None,
    print_results: Callable[[], None] | None,
    runs_dir_flag: str,
) -> None:
    """Write the report of a comparison and print the results, even if writing fails.

    Args:
        document: The comparison for `--json`, with its `id` and `error`.
        write_report: Writes the plots and the report; None for no report.
        print_results: Prints the results as text; None for JSON.
        runs_dir_flag: The option for suggested commands, see `runs_dir_flag`.

    Raises:
        RunFailedError: If the report cannot be written.
    """
    failure = ""
    try:
        if write_report is not None:
            write_report()
    except NnlabError as error:
        hint = f"Write it later with: nnlab report {document['id']}{runs_dir_flag}"
        failure = f"The results are saved, but the report could not be written. {error} {hint}"
    if print_results is not None:
        print_results()
    elif not failure:
        print_json(document)
    if document.get("error") is not None:
        typer.echo(document["error"], err=True)
    if failure:
        raise RunFailedError(failure, dict(document))
