"""`nnlab runs`: the runs there are."""

from __future__ import annotations

from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, RunsDirOption, print_json, runs_folder
from nnlab.cli.runs_rm import runs_rm
from nnlab.errors import RequestError

runs = typer.Typer(name="runs", invoke_without_command=True, rich_markup_mode="markdown")
runs.command("rm")(runs_rm)


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
    from nnlab.compare.condition import parse_conditions, select
    from nnlab.report.numbers import plural
    from nnlab.report.run_tables import runs_table
    from nnlab.report.tables import print_tables
    from nnlab.runs import list_runs
    from nnlab.runs.keys import keys_of

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
