"""`nnlab compare runs`: what differs between runs, and what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, RunsDirOption, print_json, runs_folder

RunArguments = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN RUN...", help="Runs: folders, ids, prefixes of ids, or `last`; two or more."
    ),
]


def compare_runs(
    runs: RunArguments, runs_dir: RunsDirOption = None, as_json: JsonOption = False
) -> None:
    """Set runs side by side.

    Examples:

        nnlab compare runs mnist_5k-2026 last
    """
    from nnlab.report.run_tables import runs_table
    from nnlab.report.tables import print_tables
    from nnlab.runs import find_run

    folder = runs_folder(runs_dir)
    records = [find_run(run, folder).record for run in runs]
    if as_json:
        print_json([record.to_dict() for record in records])
        return
    print_tables(runs_table(records))
