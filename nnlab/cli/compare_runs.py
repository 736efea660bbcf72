"""`nnlab compare runs`: what differs between runs, and what came of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnlab.cli.options import JsonOption, RunsDirOption, print_json, runs_folder
from nnlab.errors import RequestError

if TYPE_CHECKING:
    from nnlab.analysis.runs import RunComparison

_CHARTS = ("val_loss", "loss")

RunArguments = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN",
        help="Two runs or more: a run's folder, its id, a prefix of it, or `last`.",
        show_default=False,
    ),
]


def compare_runs(
    runs: RunArguments,
    metrics: Annotated[
        list[str] | None,
        typer.Option(
            "--metric",
            metavar="NAME",
            help="Draw this column of metrics.csv. Else here the loss, of validation where there "
            "is one, and all of them with --plot, which draws training and validation together. "
            "Repeatable.",
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot",
            metavar="PATH",
            help="Draw the curves: all into a .png or .svg, or a PNG each into a folder.",
        ),
    ] = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="A line for each run: what differs, and all figures.")
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="The tables as Markdown.")
    ] = False,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set runs side by side: what differs in their configs, and what came of it.

    Shows only those keys of the configs and of the environments that differ, every metric with
    the best run of it marked, and the curves over each other.

    Examples:

        nnlab compare runs mnist_5k-2026 last

        nnlab compare runs first second third --metric val_accuracy --plot curves.png

        nnlab compare runs first second --markdown >> notes.md
    """
    from nnlab.analysis.runs import compare_runs as compare
    from nnlab.report.runs.comparison import comparison_tables
    from nnlab.report.text.table import print_tables
    from nnlab.runs import find_runs

    if as_csv + as_markdown + as_json > 1:
        message = (
            "Expected one form of output. Received: more than one of --json, --csv, --markdown."
        )
        raise RequestError(f"{message} Leave all but one out.")
    comparison = compare(find_runs(runs, runs_folder(runs_dir)))
    shown = _charted(comparison, metrics)
    if plot is not None:
        _plot(comparison, metrics, plot)
    if as_json:
        print_json(comparison.to_dict())
    elif as_csv:
        from nnlab.report.text.markdown import to_csv

        typer.echo(to_csv(comparison.rows()), nl=False)
    elif as_markdown:
        from nnlab.report.text.markdown import to_markdown

        typer.echo(to_markdown(comparison_tables(comparison)))
    else:
        print_tables(comparison_tables(comparison))
        _print_charts(comparison, shown)


def _charted(comparison: RunComparison, metrics: list[str] | None) -> list[str]:
    """What of metrics.csv is drawn."""
    logged = comparison.logged()
    unknown = [name for name in metrics or () if name not in logged]
    if unknown:
        message = f"Expected columns of metrics.csv. Received: --metric {', '.join(unknown)}."
        if any(name.startswith("test_") for name in unknown):
            message += " Test figures are measured once, after the training, and have no curve."
        raise RequestError(f"{message} There are: {', '.join(logged) or 'none'}.")
    return list(dict.fromkeys(metrics or [name for name in _CHARTS if name in logged][:1]))


def _print_charts(comparison: RunComparison, metrics: list[str]) -> None:
    from nnlab.report.text.chart import OVERLAP, curve_chart, print_chart
    from nnlab.report.text.console import terminal_width

    for metric in metrics:
        lines = curve_chart(metric, comparison.curves(metric), max_width=terminal_width(sys.stdout))
        if any(OVERLAP in line for line in lines):
            lines.append(f"{OVERLAP} several curves")
        print_chart(lines, comparison.labels)


def _plot(comparison: RunComparison, metrics: list[str] | None, path: Path) -> None:
    from nnlab.report.plots import plot_overlay

    histories = {
        f"{label}: {run.full_id}": history
        for label, run, history in zip(
            comparison.labels, comparison.runs, comparison.histories, strict=True
        )
    }
    names = dict.fromkeys(
        name.removeprefix("val_")
        for name in metrics or comparison.logged()
        if metrics or not name.endswith("learning_rate")
    )
    if not names:
        message = "Expected runs with epochs to draw. Received: none has a metrics.csv."
        raise RequestError(f"{message} Leave out --plot.")
    for file in plot_overlay(histories, list(names), path):
        typer.echo(f"Drew {file}", err=True)
