"""`nnlab report`: write a run as one HTML file; also at the end of a comparison."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nnlab.cli.options import (
    JsonOption,
    OpenOption,
    RunArgument,
    RunsDirOption,
    print_json,
    runs_folder,
)
from nnlab.errors import NnlabError, RunFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def report(
    run: RunArgument = "last",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="File to write, .html or .htm.",
            show_default="report.html in the run's folder",
        ),
    ] = None,
    open_browser: OpenOption = False,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a run, search or comparison as one HTML file.

    The file is self-contained. The report of a run shows the config, the model, curves,
    predictions, histograms of weights and gradients, the environment, and how to repeat the run.

    Examples:

        nnlab report last --open

        nnlab report mnist_5k-2026 --out mnist.html
    """
    from nnlab.report.html import write_report
    from nnlab.runs import find_run

    file = write_report(find_run(run, runs_folder(runs_dir)), out)
    if as_json:
        print_json({"report": str(file), "bytes": file.stat().st_size})
    else:
        typer.echo(f"Wrote {file}")
    if open_browser:
        typer.launch(file.resolve().as_uri())


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
