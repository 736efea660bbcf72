"""`nnlab show`: one run in full."""

from __future__ import annotations

from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, RunsDirOption, print_json, runs_folder

RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's folder, its id, a prefix of it, or `last`.")
]


def show(
    run: RunArgument = "last", runs_dir: RunsDirOption = None, as_json: JsonOption = False
) -> None:
    """Show a run: how it ended, its metrics, timings, files and environment.

    Examples:

        nnlab show last

        nnlab show mnist_5k-2026 --json
    """
    from nnlab.report.run_tables import run_tables
    from nnlab.report.tables import print_tables
    from nnlab.runs import find_run

    found = find_run(run, runs_folder(runs_dir))
    if as_json:
        print_json(found.record.to_dict() | {"path": str(found.path)})
        return
    print_tables(run_tables(found.record, found.path))
