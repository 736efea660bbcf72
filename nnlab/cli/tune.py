"""`nnlab tune`: from a config with open values to the best of them."""

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
    from pathlib import Path

    from nnlab.config import Config
    from nnlab.config.schema.tune import TuneConfig
    from nnlab.runs.records.search import SearchRecord

DEFAULT_SEARCH = "search_layers"

# Where an option is called otherwise than the key that it sets.
_KEYS = {"trials": "max_trials"}


def tune(
    config: Annotated[
        Path | None,
        typer.Argument(
            metavar="CONFIG",
            help="A YAML file, or a shipped config's name; else nnlab.yaml here, "
            f"else {DEFAULT_SEARCH}.",
            show_default=False,
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(
            "--trials",
            metavar="N",
            help="Trials, at most; with --resume in all, those that are done among them.",
        ),
    ] = None,
    max_time: Annotated[
        str | None,
        typer.Option(
            "--max-time",
            metavar="TIME",
            help="Time for trials, at most: 90 (s), 15m, 2h, 1h30m; with --resume in all, too. "
            "Starting, and training the best once more, come on top.",
        ),
    ] = None,
    jobs: Annotated[
        str | None, typer.Option("--jobs", metavar="N", help="Trials at the same time, or auto.")
    ] = None,
    algorithm: Annotated[
        str | None,
        typer.Option("--algorithm", metavar="NAME", help="random, grid, bayesian or hyperband."),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="RUN",
            help="Go on with a search that was interrupted, or is to have more trials or time.",
        ),
    ] = None,
    no_retrain: Annotated[
        bool, typer.Option("--no-retrain", help="Do not train the best once more at the end.")
    ] = False,
    retry_failed: Annotated[
        bool,
        typer.Option(
            "--retry-failed", help="With --resume: do trials again that failed, in their order."
        ),
    ] = False,
    assignments: SetOption = None,
    device: DeviceOption = None,
    seed: SeedOption = None,
    runs_dir: RunsDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search the values that CONFIG leaves open; ends in best.yaml, which `nnlab train` takes.

    Examples:

        nnlab tune search_layers

        nnlab tune my.yaml --trials 60 --max-time 15m --algorithm bayesian

        nnlab tune --resume last --trials 100
    """
    changes = _limits(trials, max_time, jobs)
    folder = runs_folder(runs_dir)
    if resume is None:
        if retry_failed:
            message = "Expected --retry-failed with --resume. Received: no search to go on with."
            raise RequestError(f"{message} Write --resume RUN as well, or leave it out.")
        if algorithm is not None:
            changes.append(f"--algorithm tune.algorithm={algorithm}")
        file = resolve_config(config, default=DEFAULT_SEARCH)
        path, read = None, _read(file, [*overrides(assignments, device, seed), *changes])
    else:
        from nnlab.cli.tune import already_finished_message, check_limits_not_lowered, limits_of
        from nnlab.config import loader
        from nnlab.runs import RunKind, find_run
        from nnlab.runs.records.search import read_search

        _refuse_changes(config, algorithm, assignments, seed, device)
        path = find_run(resume, folder, RunKind.SEARCH).path
        known = read_search(path)
        # What is unwise about the search was told when it began.
        read = loader.read_search_config(path / "config.yaml", [*limits_of(known, path), *changes])
        if read.experiment.tune is not None:
            check_limits_not_lowered(known, read.experiment.tune)

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
        elif found := resume_search(
            read,
            path,
            progress=progress,
            command=command,
            retrain=retrain,
            retry_failed=retry_failed,
        ):
            record = found
        else:
            record = known
            typer.echo(already_finished_message(record, path), err=True)
    _tell(path, record, as_json=as_json)


def _limits(trials: int | None, max_time: str | None, jobs: str | None) -> list[str]:
    """What may be changed in a search that goes on, too, in the form of `--set`."""
    limits = {"trials": trials, "max_time": max_time, "jobs": jobs}
    return [
        f"--{name.replace('_', '-')} tune.{_KEYS.get(name, name)}={value}"
        for name, value in limits.items()
        if value is not None
    ]


def _refuse_changes(
    config: Path | None,
    algorithm: str | None,
    assignments: list[str] | None,
    seed: int | None,
    device: str | None,
) -> None:
    """Refuse to go on with another search than the one that was begun."""
    given = {
        "CONFIG": config,
        "--algorithm": algorithm,
        "--set": assignments,
        "--seed": seed,
        "--device": device,
    }
    names = [name for name, value in given.items() if value is not None]
    if names:
        message = "Expected --resume to go on with the search as it was begun."
        hint = "Leave that out; --trials, --max-time and --jobs may change."
        raise RequestError(f"{message} Received: {', '.join(names)} as well. {hint}")


def _read(file: Path, changes: list[str]) -> Config:
    """The config, with what is legal in it and yet unwise told."""
    from nnlab.config.lint.check import lint_config
    from nnlab.config.loader import read_search_config
    from nnlab.report.text.diagnostics import print_diagnostics

    read = read_search_config(file, changes)
    if advice := lint_config(read):
        print_diagnostics((), advice)
    return read


def _tell(path: Path, record: SearchRecord, *, as_json: bool) -> None:
    """What the search came to; as an error where it did not come to its end."""
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
        # The error comes last, by itself.
        print_tables(search_tables(replace(record, error=None), trials, path))
    if record.status is RunStatus.INTERRUPTED:
        command = f"nnlab tune --resume {shlex.quote(str(path))}"
        raise RunInterrupted(f"{record.error} Go on with: {command}", document)
    if not is_complete:
        raise RunFailedError(str(record.error), document)


def limits_of(record: SearchRecord, path: Path) -> list[str]:
    """The limits that a later command gave a search, in the form of `--set`.

    Those of the command that began it stand in the search's config.

    Args:
        record: The search.
        path: Its folder.
    """
    from nnlab.config.schema.tune import TuneConfig
    from nnlab.config.yaml.extends import load_document
    from nnlab.runs.records.search import SearchFiles

    written = load_document(SearchFiles(path).config_yaml).tree.get("tune")
    begun = TuneConfig.model_validate(written or {})
    limits = {
        "--trials tune.max_trials": (begun.max_trials, record.max_trials or None),
        "--max-time tune.max_time": (begun.max_time, record.max_time),
    }
    return [f"{key}={last}" for key, (first, last) in limits.items() if last not in (None, first)]


def check_limits_not_lowered(record: SearchRecord, asked: TuneConfig) -> None:
    """Refuse limits that a search is past already.

    Args:
        record: The search.
        asked: How it is to go on.

    Raises:
        RequestError: There are more trials, or it took more time.
    """
    from nnlab.report.search.suggested_commands import time_option
    from nnlab.report.text.numbers import format_seconds
    from nnlab.text import plural

    done = sum(record.counts.get(status, 0) for status in ("complete", "failed"))
    trials = asked.max_trials
    if trials != record.max_trials and trials < done:
        message = f"Expected trials in all, with those of {record.id} that are done."
        found = f"Received: --trials {trials}, where {plural(done, 'trial')} are done."
        hint = f"For {trials} more write --trials {done + trials}."
        raise RequestError(f"{message} {found} {hint}")
    spent = record.timing.get("search_s", 0.0)
    limit = asked.max_time
    if limit is not None and limit != record.max_time and limit <= spent:
        message = f"Expected time in all, with that of {record.id} so far."
        time, more = time_option(limit), time_option(math.ceil(spent + limit))
        found = f"Received: --max-time {time}, where {format_seconds(spent)} were searched."
        raise RequestError(f"{message} {found} For {time} more write --max-time {more}.")


def already_finished_message(record: SearchRecord, path: Path) -> str:
    """Why there is nothing to go on with, and how to ask for more.

    Args:
        record: The search.
        path: Its folder.
    """
    from nnlab.report.search.suggested_commands import ENDS, resume_commands

    why = ENDS.get(record.stop_reason or "", "it is done")
    commands = [command for command, _ in resume_commands(record, path)]
    more = f" To go on searching: {commands[0]}" if commands else ""
    return f"Nothing is left to do: {why}.{more}"
