"""`nnlab report`: write a run as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, RunArgument, RunsDirOption, print_json, runs_folder


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
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = False,
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
    from nnlab.report.html.writer import write_report
    from nnlab.runs import find_run

    file = write_report(find_run(run, runs_folder(runs_dir)), out)
    if as_json:
        print_json({"report": str(file), "bytes": file.stat().st_size})
    else:
        typer.echo(f"Wrote {file}")
    if open_browser:
        typer.launch(file.resolve().as_uri())
