"""`nnlab compare runs`: compare config, metrics and curves of runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnlab.cli.options import JsonOption, RunsDirOption, print_json, runs_folder
from nnlab.errors import RequestError

if TYPE_CHECKING:
    from nnlab.analysis.runs import RunComparison

_DEFAULT_CHARTS = ("val_loss", "loss")


def compare_runs(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="Two or more runs: folders, ids, prefixes of ids, or `last`.",
            show_default=False,
        ),
    ],
    metrics: Annotated[
        list[str] | None,
        typer.Option(
            "--metric",
            metavar="NAME",
            help="Column of metrics.csv to draw. Can be repeated.",
            show_default="val_loss or loss in the terminal, all columns with --plot",
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot",
            metavar="PATH",
            help="Draw the curves into one .png or .svg file, or one PNG per metric into a folder.",
        ),
    ] = None,
    as_csv: Annotated[
        bool,
        typer.Option(
            "--csv", help="Print CSV: one line per run, with what differs and all metrics."
        ),
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the tables as Markdown.")
    ] = False,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare config, metrics and curves of runs.

    Prints the keys of the configs and environments that differ, all metrics with the best run of
    each marked, and the curves in one chart.

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
        message = "Expected one output format. Received: several of --json, --csv, --markdown."
        raise RequestError(f"{message} Remove all but one.")
    comparison = compare(find_runs(runs, runs_folder(runs_dir)))
    charts = _select_charts(comparison, metrics)
    if plot is not None:
        _write_plots(comparison, metrics, plot)
    if as_json:
        print_json(comparison.to_dict())
    elif as_csv:
        from nnlab.report.text.markdown import to_csv

        typer.echo(to_csv(comparison.rows()), nl=False)
    elif as_markdown:
        from nnlab.report.text.markdown import to_markdown

        typer.echo(to_markdown(comparison_tables(comparison)))
    else:
        from nnlab.report.text.chart import OVERLAP, curve_chart, print_chart
        from nnlab.report.text.console import terminal_width

        print_tables(comparison_tables(comparison))
        width = terminal_width(sys.stdout)
        for chart in charts:
            lines = curve_chart(chart, comparison.curves(chart), max_width=width)
            if any(OVERLAP in line for line in lines):
                lines.append(f"{OVERLAP} several curves")
            print_chart(lines, comparison.labels)


def _select_charts(comparison: RunComparison, metrics: list[str] | None) -> list[str]:
    """Return the metrics to draw in the terminal, or raise RequestError for unknown ones."""
    logged = comparison.logged()
    unknown = [name for name in metrics or () if name not in logged]
    if unknown:
        message = f"Expected columns of metrics.csv. Received: --metric {', '.join(unknown)}."
        if any(name.startswith("test_") for name in unknown):
            message += " Test metrics are computed once, after the training, and have no curve."
        raise RequestError(f"{message} The columns are: {', '.join(logged) or 'none'}.")
    return list(dict.fromkeys(metrics or [name for name in _DEFAULT_CHARTS if name in logged][:1]))


def _write_plots(comparison: RunComparison, metrics: list[str] | None, path: Path) -> None:
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
        message = "Expected runs with epochs to draw. Received: no run with a metrics.csv."
        raise RequestError(f"{message} Remove --plot.")
    for file in plot_overlay(histories, list(names), path):
        typer.echo(f"Wrote {file}", err=True)
