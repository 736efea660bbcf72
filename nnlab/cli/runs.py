"""`nnlab runs`: the runs there are."""

from __future__ import annotations

from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, RunsDirOption, print_json, runs_folder
from nnlab.errors import RequestError

runs = typer.Typer(name="runs", invoke_without_command=True, rich_markup_mode="markdown")


@runs.callback()
def list_all(
    context: typer.Context,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="CONDITION",
            help="Only runs that satisfy it. Keys are those of --json; before those of the config "
            "stands config, as in config.seed. Repeatable.",
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort",
            metavar="KEY",
            help="A metric, a timing, a field, or a dotted key: test_accuracy, epoch_s, name, "
            "config.training.batch_size.",
        ),
    ] = None,
    is_reversed: Annotated[
        bool, typer.Option("--reverse", help="The other way round: the worst first, or the oldest.")
    ] = False,
    inside: Annotated[
        bool, typer.Option("--all", help="The runs inside searches and comparisons as well.")
    ] = False,
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

        nnlab runs --where 'metrics.test_accuracy > 0.97 and config.training.batch_size == 128'

        nnlab runs --where "status in ['failed', 'interrupted']"

        nnlab runs --all --where "config.training.optimizer == 'Adam'" --sort val_accuracy

        nnlab runs rm mnist_5k-20261121
    """
    if context.invoked_subcommand is not None:
        # Silently in another folder than the one that was named, `rm` would delete other runs.
        if where or sort or is_reversed or inside or limit or runs_dir or as_json:
            name = context.invoked_subcommand
            message = f"Expected options behind the command. Received: options before `{name}`."
            raise RequestError(f"{message} Write: nnlab runs {name} RUN... [OPTIONS]")
        return
    from nnlab.analysis.condition import parse_conditions, select
    from nnlab.report.runs.tables import runs_table
    from nnlab.report.text.table import print_tables
    from nnlab.runs import list_runs
    from nnlab.runs.query.keys import keys_of
    from nnlab.text import plural

    conditions = parse_conditions(where or [])
    folder = runs_folder(runs_dir)
    there = list_runs(folder, sort, inside=inside, is_reversed=is_reversed)
    chosen = select([keys_of(record, folder) for record in there], conditions)[:limit]
    if as_json:
        print_json(
            [keys.record.to_dict() | {"path": str(folder / keys.record.id)} for keys in chosen]
        )
    elif not there:
        typer.echo(f"No runs in {folder}. Train one: nnlab train mnist_5k", err=True)
    elif not chosen:
        more = "" if inside else " --all looks into searches and comparisons, too."
        several = plural(len(there), "run")
        typer.echo(f"None of {several} in {folder} satisfies that.{more}", err=True)
    else:
        named = [*([sort] if sort else []), *(key for one in conditions for key in one.keys)]
        print_tables(runs_table(chosen, named, of=len(there)))


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
    from nnlab.report.text.numbers import format_bytes
    from nnlab.runs import StoredRun, find_folders, read_record_or_broken
    from nnlab.runs.query.removal import check_removable, remove_run, size_of
    from nnlab.text import plural

    folder = runs_folder(runs_dir)
    paths = {path.resolve(): path for path in find_folders(runs, folder)}.values()
    # A run that cannot be read any more is what somebody wants to be rid of.
    found = [StoredRun(path, read_record_or_broken(path)) for path in paths]
    check_removable(found, folder)
    sizes = [size_of(run) for run in found]
    if not yes:
        if as_json or not typer.get_text_stream("stdin").isatty():
            several = plural(len(found), "run")
            message = f"Expected --yes, as nobody can be asked. Received: {several} to delete."
            raise RequestError(f"{message} Add --yes.")
        for run, size in zip(found, sizes, strict=True):
            typer.echo(f"{run.path}  {run.record.status}  {format_bytes(size)}", err=True)
        if not typer.confirm(f"Delete {plural(len(found), 'run')} for good?", err=True):
            typer.echo("Nothing is deleted.", err=True)
            return
    for run in found:
        remove_run(run)
        if not as_json:
            typer.echo(f"Deleted {run.path}")
    if as_json:
        print_json({"deleted": [run.record.id for run in found], "bytes": sum(sizes)})


runs.command("rm")(runs_rm)
