"""`nnlab tune`: from a config with open values to the best of them."""

from __future__ import annotations

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
    from nnlab.config import Config
    from nnlab.runs.search import SearchRecord

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
        from nnlab.cli.tune_resume import limits_of, nothing_left, refuse_less
        from nnlab.config import loading
        from nnlab.runs import RunKind, find_run
        from nnlab.runs.search import read_search

        _refuse_changes(config, algorithm, assignments, seed, device)
        path = find_run(resume, folder, RunKind.SEARCH).path
        known = read_search(path)
        # What is unwise about the search was told when it began.
        read = loading.read_search(path / "config.yaml", [*limits_of(known, path), *changes])
        if read.experiment.tune is not None:
            refuse_less(known, read.experiment.tune)

    from nnlab.config.loading import placing
    from nnlab.engine.tuning.search import resume as resume_search
    from nnlab.engine.tuning.search import search
    from nnlab.report.progress import make_search_progress

    progress, command = make_search_progress(), ("nnlab", *sys.argv[1:])
    retrain = not no_retrain
    with placing(read):
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
            typer.echo(nothing_left(record, path), err=True)
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
        remedy = "Leave that out; --trials, --max-time and --jobs may change."
        raise RequestError(f"{message} Received: {', '.join(names)} as well. {remedy}")


def _read(file: Path, changes: list[str]) -> Config:
    """The config, with what is legal in it and yet unwise told."""
    from nnlab.config.check import warnings_of
    from nnlab.config.loading import read_search
    from nnlab.report.faults import print_faults

    read = read_search(file, changes)
    if advice := warnings_of(read):
        print_faults((), advice)
    return read


def _tell(path: Path, record: SearchRecord, *, as_json: bool) -> None:
    """What the search came to; as an error where it did not come to its end."""
    from dataclasses import replace

    from nnlab.report.search_tables import search_tables
    from nnlab.report.tables import print_tables
    from nnlab.runs import RunStatus
    from nnlab.runs.search import read_trials, search_document

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
