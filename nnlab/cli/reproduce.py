"""`nnlab reproduce`: repeat a run, and say whether the numbers are the same."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from nnlab.cli.options import JsonOption, RunsDirOption, print_json, runs_folder
from nnlab.cli.show import RunArgument
from nnlab.errors import RequestError, RunFailedError

if TYPE_CHECKING:
    from nnlab.runs import StoredRun

_NOT_EQUAL = 1


def reproduce(
    run: RunArgument = "last", runs_dir: RunsDirOption = None, as_json: JsonOption = False
) -> None:
    """Repeat a run from its folder, and say whether the numbers are equal to the bit.

    The new run, `<id>-again`, has the config, the device and the engine of the first. Compared are
    metrics.csv, the final metrics and the weights; where they differ, what differs in the
    environment is told. What could not be compared is named. Exit code 0: all that could be
    compared is equal; 1: something is not.

    Examples:

        nnlab reproduce last

        nnlab reproduce mnist_5k-2026 --json
    """
    from nnlab.analysis.equality import compare_bits
    from nnlab.report.runs.reproduction import equality_tables, verdict
    from nnlab.report.text.table import print_tables
    from nnlab.runs import find_run, read_run

    folder = runs_folder(runs_dir)
    then = find_run(run, folder)
    _check(then)
    now = read_run(_repeat(then, folder))
    equality = compare_bits(then, now)
    if as_json:
        names = {"run": then.full_id, "again": now.record.id, "path": str(now.path)}
        print_json(names | equality.to_dict())
    else:
        print_tables(equality_tables(equality, then.full_id, now.record.id))
        typer.echo(f"\n{verdict(equality)}")
    if not equality.is_equal:
        raise typer.Exit(_NOT_EQUAL)


def _check(run: StoredRun) -> None:
    """Refuses what cannot be repeated by training once."""
    from nnlab.runs import RunKind, RunStatus
    from nnlab.runs.records.comparison import ComparisonFiles

    path, record = run.path, run.record
    config = shlex.quote(str(run.config_yaml))
    comparison = shlex.quote(str(ComparisonFiles(path).config_yaml))
    reason = ""
    if record.status is RunStatus.RUNNING:
        reason = "which is still at work. Wait until it has ended."
    elif run.kind is RunKind.SEARCH:
        reason = f"a search. Repeat it with: nnlab tune {config}"
    elif run.kind is RunKind.COMPARISON:
        reason = f"a comparison. Repeat it with: nnlab compare variants {comparison}"
    elif run.kind is RunKind.DEVICES:
        reason = f"{run.kind.words}. Repeat it with: {RunKind.DEVICES.command} {config}"
    elif run.kind is RunKind.TRIAL:
        several = [f"{run.full_id}/{name}" for name in run.inside()]
        reason = f"a trial of {len(several)} runs. Name one: {', '.join(several) or 'none is left'}"
    elif not run.config_yaml.is_file():
        reason = "without config.yaml. A run cannot be repeated without its config."
    if reason:
        raise RequestError(f"Expected a run that can be repeated. Received: {path}, {reason}")


def _repeat(then: StoredRun, folder: Path) -> Path:
    """Train the run's config again as it was trained; the folder of the new run."""
    from nnlab.config.loader import load_concrete_config, locate_errors
    from nnlab.report.progress import make_progress

    determinism = then.record.environment.get("determinism") or {}
    changes = [
        f"training.{key}={value}"
        for key, value in (
            ("device", then.record.device),
            ("engine", then.record.engine),
            ("jit_compile", str(determinism.get("jit_compile", "auto")).lower()),
        )
        if value
    ]
    read = load_concrete_config(then.config_yaml, changes)
    if determinism.get("onednn") is False:
        # Heeded when TensorFlow is imported.
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

    from nnlab.engine.training.train import train

    # A run inside a search or a comparison is called `best`, or `1`.
    path = _free(folder / f"{then.full_id.replace('/', '-')}-again")
    try:
        with locate_errors(read):
            train(
                read.experiment,
                runs_dir=folder,
                folder=path.name,
                progress=make_progress(),
                command=["nnlab", *sys.argv[1:]],
                config_text=then.config_yaml.read_text(encoding="utf-8"),
            )
    except RunFailedError:
        # A run that diverged is repeated by one that diverges.
        if not (then.record.error and (path / "record.json").is_file()):
            raise
    return path


def _free(path: Path) -> Path:
    """A folder that is not there yet."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
