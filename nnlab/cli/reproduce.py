"""`nnlab reproduce`: repeat a run and compare it bit by bit."""

from __future__ import annotations

import itertools
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from nnlab.cli.options import JsonOption, RunArgument, RunsDirOption, print_json, runs_folder
from nnlab.errors import RequestError, RunFailedError

if TYPE_CHECKING:
    from nnlab.runs import StoredRun


def reproduce(
    run: RunArgument = "last", runs_dir: RunsDirOption = None, as_json: JsonOption = False
) -> None:
    """Repeat a run and compare it bit by bit.

    The new run, `<id>-again`, has the config, device and engine of the first. The metrics of all
    epochs, the final metrics and the weights are compared; if they differ, the differences of the
    environments are printed. Exits with 0 if all that can be compared is equal, otherwise with 1.

    Examples:

        nnlab reproduce last

        nnlab reproduce mnist_5k-2026 --json
    """
    from nnlab.analysis.equality import compare_bits
    from nnlab.report.runs.reproduction import equality_tables, reproduction_verdict
    from nnlab.report.text.table import print_tables
    from nnlab.runs import find_run, read_run

    folder = runs_folder(runs_dir)
    original = find_run(run, folder)
    _check_reproducible(original)
    reproduced = read_run(_repeat(original, folder))
    equality = compare_bits(original, reproduced)
    if as_json:
        names = {"run": original.full_id, "reproduced": reproduced.record.id}
        print_json(names | {"path": str(reproduced.path)} | equality.to_dict())
    else:
        print_tables(equality_tables(equality, original.full_id, reproduced.record.id))
        typer.echo(f"\n{reproduction_verdict(equality)}")
    if not equality.is_equal:
        raise typer.Exit(1)


def _check_reproducible(run: StoredRun) -> None:
    """Raise RequestError for anything but a finished training with a config."""
    from nnlab.runs import RunKind, RunStatus
    from nnlab.runs.records.comparison import ComparisonFiles

    path = run.path
    config = shlex.quote(str(run.config_yaml))
    comparison = shlex.quote(str(ComparisonFiles(path).config_yaml))
    reason = ""
    if run.record.status is RunStatus.RUNNING:
        reason = "which is running. Wait for it to finish."
    elif run.kind is RunKind.SEARCH:
        reason = f"a search. Repeat it with: nnlab tune {config}"
    elif run.kind is RunKind.COMPARISON:
        reason = f"a comparison. Repeat it with: nnlab compare variants {comparison}"
    elif run.kind is RunKind.BENCHMARK:
        reason = f"a benchmark. Repeat it with: nnlab compare cpu-vs-gpu {config}"
    elif run.kind is RunKind.TRIAL:
        children = [f"{run.full_id}/{name}" for name in run.child_runs()]
        names = ", ".join(children) or "none is left"
        reason = f"a trial of {len(children)} runs. Name one of them: {names}"
    elif not run.config_yaml.is_file():
        reason = "without config.yaml. A run cannot be reproduced without its config."
    if reason:
        raise RequestError(f"Expected a run that can be reproduced. Received: {path}, {reason}")


def _repeat(original: StoredRun, folder: Path) -> Path:
    """Train the run's config with the same settings, and return the new run's folder."""
    from nnlab.config.loader import load_concrete_config, locate_errors
    from nnlab.report.progress import make_progress

    determinism = original.record.environment.get("determinism") or {}
    changes = [
        f"training.{key}={value}"
        for key, value in (
            ("device", original.record.device),
            ("engine", original.record.engine),
            ("jit_compile", str(determinism.get("jit_compile", "auto")).lower()),
        )
        if value
    ]
    read = load_concrete_config(original.config_yaml, changes)
    if determinism.get("onednn") is False:
        # TensorFlow reads this variable when it is imported.
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

    from nnlab.engine.training.train import train

    # The full id, because runs inside a search or comparison have ids such as `best` or `1`.
    name = f"{original.full_id.replace('/', '-')}-again"
    names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    path = next(folder / unused for unused in names if not (folder / unused).exists())
    try:
        with locate_errors(read):
            train(
                read.experiment,
                runs_dir=folder,
                folder=path.name,
                progress=make_progress(),
                command=["nnlab", *sys.argv[1:]],
                config_text=original.config_yaml.read_text(encoding="utf-8"),
            )
    except RunFailedError:
        # If the original diverged, the reproduced run is expected to diverge, too.
        if not (original.record.error and (path / "record.json").is_file()):
            raise
    return path
