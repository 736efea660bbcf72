"""`nnlab tune`: search the hyperparameters that a config marks."""

from __future__ import annotations

import math
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnlab.cli.options import (
    DeviceOption,
    JsonOption,
    RunsDirOption,
    SeedOption,
    SetOption,
    overrides,
    print_json,
    resolve_config,
    runs_folder,
)
from nnlab.errors import RequestError, RunFailedError, RunInterrupted

if TYPE_CHECKING:
    from nnlab.config.schema.tune import TuneConfig
    from nnlab.runs.records.search import SearchRecord

_DEFAULT_SEARCH = "search_layers"


def tune(
    config: Annotated[
        Path | None,
        typer.Argument(
            metavar="CONFIG",
            help="Path to a config, or the name of a built-in one.",
            show_default=f"nnlab.yaml if it exists, otherwise {_DEFAULT_SEARCH}",
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(
            "--trials",
            metavar="N",
            help="Maximum number of trials, including finished ones when resuming.",
        ),
    ] = None,
    max_time: Annotated[
        str | None,
        typer.Option(
            "--max-time",
            metavar="TIME",
            help="Maximum time for trials, including earlier ones when resuming: 90 (seconds), "
            "15m, 2h, 1h30m. The start and the retraining of the best config are not included.",
        ),
    ] = None,
    jobs: Annotated[
        str | None,
        typer.Option("--jobs", metavar="N", help="Number of trials at the same time, or auto."),
    ] = None,
    algorithm: Annotated[
        str | None,
        typer.Option(
            "--algorithm",
            metavar="NAME",
            help="Search algorithm: random, grid, bayesian or hyperband.",
        ),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="RUN",
            help="Resume an interrupted search, or extend it with more trials or time.",
        ),
    ] = None,
    no_retrain: Annotated[
        bool, typer.Option("--no-retrain", help="Do not retrain the best config at the end.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="With --resume: also rerun failed trials.")
    ] = False,
    assignments: SetOption = None,
    device: DeviceOption = None,
    seed: SeedOption = None,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search the hyperparameters that a config marks; writes best.yaml.

    Examples:

        nnlab tune search_layers

        nnlab tune my.yaml --trials 60 --max-time 15m --algorithm bayesian

        nnlab tune --resume last --trials 100
    """
    limits = {
        "--trials tune.max_trials": trials,
        "--max-time tune.max_time": max_time,
        "--jobs tune.jobs": jobs,
    }
    changes = [f"{key}={value}" for key, value in limits.items() if value is not None]
    folder = runs_folder(runs_dir)
    if resume is None:
        if retry_failed:
            message = "Expected --resume with --retry-failed. Received: --retry-failed only."
            raise RequestError(f"{message} Add --resume RUN, or remove it.")
        if algorithm is not None:
            changes.append(f"--algorithm tune.algorithm={algorithm}")
        from nnlab.config.lint.check import lint_config
        from nnlab.config.loader import read_search_config
        from nnlab.report.text.diagnostics import print_diagnostics

        file = resolve_config(config, default=_DEFAULT_SEARCH)
        path = None
        read = read_search_config(file, [*overrides(assignments, device, seed), *changes])
        if warnings := lint_config(read):
            print_diagnostics((), warnings)
    else:
        from nnlab.config.loader import read_search_config
        from nnlab.runs import RunKind, find_run
        from nnlab.runs.records.search import read_search

        _check_only_limits_changed(config, algorithm, assignments, seed, device)
        path = find_run(resume, folder, RunKind.SEARCH).path
        stored = read_search(path)
        # Without lint: the warnings were printed when the search started.
        read = read_search_config(path / "config.yaml", [*changed_limits(stored, path), *changes])
        if read.experiment.tune is not None:
            check_limits_not_lowered(stored, read.experiment.tune)

    from nnlab.config.loader import locate_errors
    from nnlab.engine.search.search import resume as resume_search
    from nnlab.engine.search.search import search
    from nnlab.report.progress import make_search_progress

    progress, command = make_search_progress(), ("nnlab", *sys.argv[1:])
    retrain = not no_retrain
    with locate_errors(read):
        if path is None:
            record = search(
                read, runs_dir=folder, progress=progress, command=command, retrain=retrain
            )
            path = folder / record.id
        elif resumed := resume_search(
            read,
            path,
            progress=progress,
            command=command,
            retrain=retrain,
            retry_failed=retry_failed,
        ):
            record = resumed
        else:
            record = stored
            typer.echo(already_finished_message(record, path), err=True)
    _print_results(path, record, as_json=as_json)


def _check_only_limits_changed(
    config: Path | None,
    algorithm: str | None,
    assignments: list[str] | None,
    seed: int | None,
    device: str | None,
) -> None:
    """Raise RequestError for options that would turn a resumed search into another one."""
    options = {
        "CONFIG": config,
        "--algorithm": algorithm,
        "--set": assignments,
        "--seed": seed,
        "--device": device,
    }
    names = [name for name, value in options.items() if value is not None]
    if names:
        message = "Expected --resume without options that change the search."
        hint = "Remove what you do not need; --trials, --max-time and --jobs are allowed."
        raise RequestError(f"{message} Received: {', '.join(names)}. {hint}")


def changed_limits(record: SearchRecord, path: Path) -> list[str]:
    """Return the limits that resumed commands have changed, as assignments.

    The search's config has the limits of the command that started it.
    """
    from nnlab.config.schema.tune import TuneConfig
    from nnlab.config.yaml.extends import load_document
    from nnlab.runs.records.search import SearchFiles

    section = load_document(SearchFiles(path).config_yaml).tree.get("tune")
    original = TuneConfig.model_validate(section or {})
    limits = {
        "--trials tune.max_trials": (original.max_trials, record.max_trials or None),
        "--max-time tune.max_time": (original.max_time, record.max_time),
    }
    return [f"{key}={last}" for key, (first, last) in limits.items() if last not in (None, first)]


def check_limits_not_lowered(record: SearchRecord, requested: TuneConfig) -> None:
    """Raise RequestError for new limits that the search has already reached."""
    from nnlab.report.search.suggested_commands import format_time_option
    from nnlab.report.text.formatting import format_seconds
    from nnlab.text import plural

    n_finished = record.finished_trials
    trials = requested.max_trials
    if trials != record.max_trials and trials < n_finished:
        message = (
            f"Expected the total number of trials, including the finished ones of {record.id}."
        )
        received = f"Received: --trials {trials}, with {plural(n_finished, 'finished trial')}."
        hint = f"For {trials} more, write --trials {n_finished + trials}."
        raise RequestError(f"{message} {received} {hint}")
    spent = record.timing.get("search_s", 0.0)
    limit = requested.max_time
    if limit is not None and limit != record.max_time and limit <= spent:
        message = f"Expected the total time, including that of {record.id} so far."
        time, total = format_time_option(limit), format_time_option(math.ceil(spent + limit))
        received = f"Received: --max-time {time}, with {format_seconds(spent)} spent."
        raise RequestError(f"{message} {received} For {time} more, write --max-time {total}.")


def already_finished_message(record: SearchRecord, path: Path) -> str:
    """Return why a search has nothing left to do, and the command that extends it."""
    from nnlab.report.search.suggested_commands import STOP_REASONS, resume_commands

    reason = STOP_REASONS.get(record.stop_reason or "", "it is finished")
    commands = [command for command, _ in resume_commands(record, path)]
    hint = f" To extend the search: {commands[0]}" if commands else ""
    return f"Nothing is left to do: {reason}.{hint}"


def _print_results(path: Path, record: SearchRecord, *, as_json: bool) -> None:
    """Print the results of a search, and raise its error unless it is complete."""
    from dataclasses import replace

    from nnlab.report.search.tables import search_tables
    from nnlab.report.text.table import print_tables
    from nnlab.runs import RunStatus
    from nnlab.runs.records.search import read_trials, search_document

    is_complete = record.status is RunStatus.COMPLETE
    trials = read_trials(path)
    document = search_document(record, trials, path)
    if as_json and is_complete:
        print_json(document)
    elif not as_json:
        # Without the error, which is printed last.
        print_tables(search_tables(replace(record, error=None), trials, path))
    if record.status is RunStatus.INTERRUPTED:
        command = f"nnlab tune --resume {shlex.quote(str(path))}"
        raise RunInterrupted(f"{record.error} Resume with: {command}", document)
    if not is_complete:
        raise RunFailedError(str(record.error), document)
