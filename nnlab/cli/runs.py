"""`nnlab runs`: the runs there are."""

from __future__ import annotations

from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, RunsDirOption, print_json, runs_folder


def runs(
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort",
            metavar="KEY",
            help="A metric, a timing or a field: test_accuracy, epoch_s, name.",
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="The first N only.")
    ] = None,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the runs, the newest first, or by a metric with the best first.

    Examples:

        nnlab runs

        nnlab runs --sort test_accuracy --limit 5
    """
    from nnlab.report.run_tables import runs_table
    from nnlab.report.tables import print_tables
    from nnlab.runs import list_runs

    folder = runs_folder(runs_dir)
    records = list_runs(folder, sort)[:limit]
    if as_json:
        print_json([record.to_dict() for record in records])
    elif not records:
        typer.echo(f"No runs in {folder}. Train one: nnlab train mnist_5k", err=True)
    else:
        print_tables(runs_table(records, sort))
