"""`nnlab show`: one run in full."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from nnlab.cli.options import JsonOption, RunsDirOption, print_json, runs_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlab.report.text.table import Table
    from nnlab.runs import StoredRun

RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's folder, its id, a prefix of it, or `last`.")
]


def show(
    run: RunArgument = "last", runs_dir: RunsDirOption = None, as_json: JsonOption = False
) -> None:
    """Show a run: how it ended, its metrics, timings, files and environment; of a search its best.

    Examples:

        nnlab show last

        nnlab show mnist_5k-2026 --json
    """
    from nnlab.runs import RunKind, find_run

    found = find_run(run, runs_folder(runs_dir))
    match found.kind:
        case RunKind.SEARCH:
            _show_search(found, as_json=as_json)
        case RunKind.COMPARISON:
            _show_comparison(found, as_json=as_json)
        case RunKind.DEVICES:
            _show_devices(found, as_json=as_json)
        case _:
            _show_run(found, as_json=as_json)


def _show_run(found: StoredRun, *, as_json: bool) -> None:
    from nnlab.report.runs.tables import run_tables
    from nnlab.report.text.table import print_tables
    from nnlab.runs import RunKind

    if (found.path / RunKind.TRIAL.file).is_file():
        _show_trial(found, as_json=as_json)
    elif as_json:
        print_json(found.record.to_dict() | {"path": str(found.path)})
    else:
        print_tables(run_tables(found.record, found.path))


def _show_trial(found: StoredRun, *, as_json: bool) -> None:
    """A trial of a search: its values and its score, and its training or the way to several."""
    from nnlab.report.runs.tables import run_tables
    from nnlab.report.search.trial_tables import trial_tables
    from nnlab.report.text.table import next_steps_table, print_tables
    from nnlab.runs import RunKind
    from nnlab.runs.records.search import read_search, read_trials

    search, number = found.path.parent.parent, found.path.name
    trials = {str(trial.number): trial for trial in read_trials(search)}
    if as_json:
        own = {"path": str(found.path), "trial": trials[number].to_dict()}
        print_json(found.record.to_dict() | own)
        return
    is_run = found.kind is RunKind.RUN
    tables = trial_tables(read_search(search), trials.values(), int(number), is_run=is_run)
    if is_run:
        tables += run_tables(found.record, found.path)
    elif several := found.inside():
        each = [(f"nnlab show {shlex.quote(str(found.path / name))}", "") for name in several]
        tables.append(next_steps_table(each))
    print_tables(tables)


def _show_search(found: StoredRun, *, as_json: bool) -> None:
    from nnlab.report.search.tables import search_tables
    from nnlab.report.text.table import print_tables
    from nnlab.runs.records.search import read_search, read_trials, search_document

    search, trials = read_search(found.path), read_trials(found.path)
    if as_json:
        print_json(search_document(search, trials, found.path))
    else:
        print_tables(search_tables(search, trials, found.path))


def _show_comparison(found: StoredRun, *, as_json: bool) -> None:
    from nnlab.report.comparison.records import read_compared
    from nnlab.report.comparison.tables import variants_table, verdicts_table
    from nnlab.report.text.table import next_steps_table

    record, table = read_compared(found.path)
    if as_json:
        print_json(record.to_dict() | {"path": str(found.path)})
        return
    tables = [variants_table(table), verdicts_table(table)]
    if table.left and record.status != "running":
        command = f"nnlab compare variants --resume {shlex.quote(str(found.path))}"
        tables.append(next_steps_table([(command, "does what is left")]))
    _print_compared(found, tables, record.verdict)


def _show_devices(found: StoredRun, *, as_json: bool) -> None:
    from nnlab.report.benchmark.tables import devices_tables
    from nnlab.runs.records.benchmark import read_benchmark

    record = read_benchmark(found.path)
    if as_json:
        print_json(record.to_dict() | {"path": str(found.path)})
        return
    _print_compared(found, devices_tables(record), record.verdict)


def _print_compared(found: StoredRun, tables: Sequence[Table], verdict: str) -> None:
    """What the folder's own record says, what was compared, and what came of it."""
    from nnlab.report.runs.tables import run_tables
    from nnlab.report.text.table import print_tables

    shown = [*run_tables(found.record, found.path)[:1], *tables]
    print_tables([table for table in shown if table.rows])
    if verdict:
        typer.echo(f"\n{verdict}")
