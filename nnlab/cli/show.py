"""`nnlab show`: print one run."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import typer

from nnlab.cli.options import JsonOption, RunArgument, RunsDirOption, print_json, runs_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlab.report.text.table import Table
    from nnlab.runs import StoredRun


def show(
    run: RunArgument = "last", runs_dir: RunsDirOption = None, as_json: JsonOption = False
) -> None:
    """Print one run.

    Prints status, metrics, timings, files and environment; for a search, the best trials; for a
    comparison or a benchmark, the results.

    Examples:

        nnlab show last

        nnlab show mnist_5k-2026 --json
    """
    from nnlab.report.text.table import print_tables
    from nnlab.runs import RunKind, find_run

    stored = find_run(run, runs_folder(runs_dir))
    path = stored.path
    match stored.kind:
        case RunKind.SEARCH:
            from nnlab.report.search.tables import search_tables
            from nnlab.runs.records.search import read_search, read_trials, search_document

            search, trials = read_search(path), read_trials(path)
            if as_json:
                print_json(search_document(search, trials, path))
            else:
                print_tables(search_tables(search, trials, path))
        case RunKind.COMPARISON:
            _show_comparison(stored, as_json=as_json)
        case RunKind.BENCHMARK:
            from nnlab.report.benchmark.tables import benchmark_tables
            from nnlab.runs.records.benchmark import read_benchmark

            record = read_benchmark(path)
            if as_json:
                print_json(record.to_dict() | {"path": str(path)})
            else:
                _print_results(stored, benchmark_tables(record), record.verdict)
        case _ if (path / RunKind.TRIAL.file).is_file():
            _show_trial(stored, as_json=as_json)
        case _ if as_json:
            print_json(stored.record.to_dict() | {"path": str(path)})
        case _:
            from nnlab.report.runs.tables import run_tables

            print_tables(run_tables(stored.record, path))


def _show_trial(run: StoredRun, *, as_json: bool) -> None:
    """Print a trial with its training, or with the commands that print its trainings."""
    from nnlab.report.runs.tables import run_tables
    from nnlab.report.search.tables import trial_tables
    from nnlab.report.text.table import next_steps_table, print_tables
    from nnlab.runs import RunKind
    from nnlab.runs.records.search import read_search, read_trials

    search, number = run.path.parent.parent, run.path.name
    trials = {str(trial.number): trial for trial in read_trials(search)}
    if as_json:
        details = {"path": str(run.path), "trial": trials[number].to_dict()}
        print_json(run.record.to_dict() | details)
        return
    is_run = run.kind is RunKind.RUN
    tables = trial_tables(read_search(search), trials.values(), int(number), is_run=is_run)
    if is_run:
        tables += run_tables(run.record, run.path)
    elif children := run.child_runs():
        commands = [f"nnlab show {shlex.quote(str(run.path / name))}" for name in children]
        tables.append(next_steps_table([(command, "") for command in commands]))
    print_tables(tables)


def _show_comparison(run: StoredRun, *, as_json: bool) -> None:
    from nnlab.report.comparison.files import read_comparison_results
    from nnlab.report.comparison.tables import variants_table, verdicts_table
    from nnlab.report.text.table import next_steps_table

    record, table = read_comparison_results(run.path)
    if as_json:
        print_json(record.to_dict() | {"path": str(run.path)})
        return
    tables = [variants_table(table), verdicts_table(table)]
    if table.remaining_runs and record.status != "running":
        command = f"nnlab compare variants --resume {shlex.quote(str(run.path))}"
        tables.append(next_steps_table([(command, "train the remaining runs")]))
    _print_results(run, tables, record.verdict)


def _print_results(run: StoredRun, tables: Sequence[Table], verdict: str) -> None:
    """Print the status of the folder's run, the tables and the verdict."""
    from nnlab.report.runs.tables import run_tables
    from nnlab.report.text.table import print_tables

    shown = [*run_tables(run.record, run.path)[:1], *tables]
    print_tables([table for table in shown if table.rows])
    if verdict:
        typer.echo(f"\n{verdict}")
