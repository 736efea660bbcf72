"""`nnlab runs`: list and delete runs."""

from __future__ import annotations

from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, RunsDirOption, print_json, runs_folder
from nnlab.errors import RequestError

runs = typer.Typer(name="runs", invoke_without_command=True, rich_markup_mode="markdown")


@runs.callback()
def list_command(
    context: typer.Context,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="CONDITION",
            help="List only runs that satisfy a condition, such as `metrics.val_loss < 0.1` (keys "
            "as in --json) or `config.seed == 7`. Can be repeated.",
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort",
            metavar="KEY",
            help="Sort by a metric, a timing, a field or a dotted key: test_accuracy, epoch_s, "
            "name, config.training.batch_size.",
        ),
    ] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="Reverse the sort order.")] = False,
    include_children: Annotated[
        bool, typer.Option("--all", help="Include the runs inside searches and comparisons.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="List only the first N runs.")
    ] = None,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """List, sort and filter runs.

    The newest run is first; with `--sort`, the best run of a metric, or the smallest value of any
    other key.

    Examples:

        nnlab runs

        nnlab runs --sort test_accuracy --limit 5

        nnlab runs --where 'metrics.test_accuracy > 0.97 and config.training.batch_size == 128'

        nnlab runs --where "status in ['failed', 'interrupted']"

        nnlab runs --all --where "config.training.optimizer == 'Adam'" --sort val_accuracy

        nnlab runs rm mnist_5k-20261121
    """
    if context.invoked_subcommand is not None:
        # An ignored --runs-dir would let `rm` delete runs of another folder.
        if where or sort or reverse or include_children or limit or runs_dir or as_json:
            name = context.invoked_subcommand
            message = f"Expected options after the command. Received: options before `{name}`."
            raise RequestError(f"{message} Write: nnlab runs {name} RUN... [OPTIONS]")
        return
    from nnlab.analysis.condition import parse_conditions, select
    from nnlab.report.runs.tables import runs_table
    from nnlab.report.text.table import print_tables
    from nnlab.runs import RunFiles, list_runs
    from nnlab.runs.query.keys import RunKeys
    from nnlab.text import plural

    conditions = parse_conditions(where or [])
    folder = runs_folder(runs_dir)
    records = list_runs(folder, sort, include_children=include_children, reverse=reverse)
    keys = [RunKeys(record, RunFiles(folder / record.id)) for record in records]
    selected = select(keys, conditions)[:limit]
    if as_json:
        print_json(
            [run.record.to_dict() | {"path": str(folder / run.record.id)} for run in selected]
        )
    elif not records:
        typer.echo(f"No runs in {folder}. Train one: nnlab train mnist_5k", err=True)
    elif not selected:
        hint = "" if include_children else " Add --all to search inside searches and comparisons."
        message = f"None of {plural(len(records), 'run')} in {folder} satisfies the condition."
        typer.echo(f"{message}{hint}", err=True)
    else:
        columns = [*([sort] if sort else []), *(key for each in conditions for key in each.keys)]
        print_tables(runs_table(selected, columns, of=len(records)))


@runs.command("rm")
def remove_command(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="Runs, searches or comparisons: folders, ids, prefixes of ids, or `last`.",
            show_default=False,
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delete runs, after a confirmation.

    Only folders directly in the runs folder are deleted, and no running ones.

    Examples:

        nnlab runs rm last

        nnlab runs rm xor-20261121 moons-20261121 --yes
    """
    from nnlab.report.text.formatting import format_bytes
    from nnlab.runs import StoredRun, find_folders, read_record_or_broken
    from nnlab.runs.query.stored import check_removable, folder_size, remove_run
    from nnlab.text import plural

    folder = runs_folder(runs_dir)
    paths = {path.resolve(): path for path in find_folders(runs, folder)}.values()
    # Runs with a broken record can be deleted, too.
    stored = [StoredRun(path, read_record_or_broken(path)) for path in paths]
    check_removable(stored, folder)
    sizes = [folder_size(run) for run in stored]
    count = plural(len(stored), "run")
    if not yes:
        if as_json or not typer.get_text_stream("stdin").isatty():
            message = f"Expected --yes, as no terminal is attached. Received: {count} to delete."
            raise RequestError(f"{message} Add --yes.")
        for run, size in zip(stored, sizes, strict=True):
            typer.echo(f"{run.path}  {run.record.status}  {format_bytes(size)}", err=True)
        if not typer.confirm(f"Permanently delete {count}?", err=True):
            typer.echo("Nothing was deleted.", err=True)
            return
    for run in stored:
        remove_run(run)
        if not as_json:
            typer.echo(f"Deleted {run.path}")
    if as_json:
        print_json({"deleted": [run.record.id for run in stored], "bytes": sum(sizes)})
