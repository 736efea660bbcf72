"""`nnlab summary`: print the layers of a model, their shapes and parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnlab.cli.options import (
    ConfigArgument,
    JsonOption,
    SetOption,
    overrides,
    print_json,
    resolve_config,
)


def summary(
    config: ConfigArgument = None,
    assignments: SetOption = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", help="Draw the model as an .svg or .png file."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print layers, shapes, parameters; nothing is trained.

    Examples:

        nnlab summary mnist_5k

        nnlab summary my.yaml --plot model.svg
    """
    from nnlab.config.loader import load_concrete_config, locate_errors

    read = load_concrete_config(resolve_config(config), overrides(assignments, None, None))

    from nnlab.data import prepare
    from nnlab.engine.models.builder import build_model
    from nnlab.engine.models.summary import summarize

    with locate_errors(read):
        model_summary = summarize(build_model(read.experiment, prepare(read.experiment).inputs))
    if plot is not None:
        from nnlab.report.plots.model import plot_model

        plot_model(model_summary, plot)
    if as_json:
        print_json(model_summary.to_dict() | {"plot": str(plot) if plot else None})
        return
    from nnlab.report.text.table import print_tables

    print_tables(model_summary.table())
    for line in model_summary.totals():
        typer.echo(line)
    if plot is not None:
        typer.echo(f"Wrote {plot}", err=True)
