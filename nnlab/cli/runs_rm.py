"""`nnlab runs rm`: delete runs."""

from __future__ import annotations

from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, RunsDirOption, print_json, runs_folder
from nnlab.errors import RequestError


def runs_rm(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN...",
            help="Runs, searches or comparisons: folders, ids, prefixes of ids, or `last`.",
            show_default=False,
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Delete without asking.")] = False,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delete runs, with everything in their folders; asks first.

    Only whole folders directly in the folder of runs are deleted, and none that is at work.

    Examples:

        nnlab runs rm last

        nnlab runs rm xor-20261121 moons-20261121 --yes
    """
    from nnlab.report.numbers import bytes_text, plural
    from nnlab.runs import StoredRun, find_folders, read_anyhow
    from nnlab.runs.removing import check_removable, remove_run, size_of

    folder = runs_folder(runs_dir)
    paths = {path.resolve(): path for path in find_folders(runs, folder)}.values()
    # A run that cannot be read any more is what somebody wants to be rid of.
    found = [StoredRun(path, read_anyhow(path)) for path in paths]
    check_removable(found, folder)
    sizes = [size_of(run) for run in found]
    if not yes:
        if as_json or not typer.get_text_stream("stdin").isatty():
            several = plural(len(found), "run")
            message = f"Expected --yes, as nobody can be asked. Received: {several} to delete."
            raise RequestError(f"{message} Add --yes.")
        for run, size in zip(found, sizes, strict=True):
            typer.echo(f"{run.path}  {run.record.status}  {bytes_text(size)}", err=True)
        if not typer.confirm(f"Delete {plural(len(found), 'run')} for good?", err=True):
            typer.echo("Nothing is deleted.", err=True)
            return
    for run in found:
        remove_run(run)
        if not as_json:
            typer.echo(f"Deleted {run.path}")
    if as_json:
        print_json({"deleted": [run.record.id for run in found], "bytes": sum(sizes)})
