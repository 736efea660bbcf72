"""Arguments and options that several commands share, and their evaluation."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from nnlab.errors import RequestError

ConfigArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="CONFIG",
        help="Path to a config, or the name of a built-in one.",
        show_default="nnlab.yaml if it exists, otherwise mnist_5k",
    ),
]
RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="Folder, id or prefix of the id of a run, or `last`.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Override a value of the config, given by its dotted path, with list positions as "
        "numbers. Can be repeated.",
    ),
]
DeviceOption = Annotated[
    str | None,
    typer.Option(
        "--device",
        metavar="DEVICE",
        help="Device to train on: auto, cpu, gpu or gpu:N.",
        show_default="as in the config",
    ),
]
SeedOption = Annotated[
    int | None, typer.Option("--seed", metavar="N", help="Override the config's seed.")
]
RunsDirOption = Annotated[
    Path | None,
    typer.Option(
        "--runs-dir",
        metavar="DIR",
        help="Folder of the runs.",
        show_default="$NNLAB_RUNS_DIR if set, otherwise runs",
    ),
]
OpenOption = Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")]
NoReportOption = Annotated[
    bool, typer.Option("--no-report", help="Do not write plots and the report.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document to standard output.")
]


def resolve_config(config: Path | None, default: str | None = None) -> Path:
    """Return the config file that a command reads.

    Without a config, it is `nnlab.yaml` in the current folder, or the built-in config `default`. A
    plain name that is not a file is that of a built-in config.
    """
    from nnlab.config.yaml.builtin_configs import (
        COMPARISON_FOLDER,
        DEFAULT_CONFIG,
        find_builtin_config,
    )

    if config is None:
        local_config = Path("nnlab.yaml")
        if not local_config.exists():
            local_config = find_builtin_config(default or DEFAULT_CONFIG)
        typer.echo(f"No config given: using {local_config}", err=True)
        return local_config
    is_name = not config.suffix and config.parent in {Path(), Path(COMPARISON_FOLDER)}
    return find_builtin_config(str(config)) if is_name and not config.exists() else config


def overrides(assignments: list[str] | None, device: str | None, seed: int | None) -> list[str]:
    """Return the values of `--set`, `--device` and `--seed` as assignments, in this order."""
    changes = list(assignments or [])
    if device is not None:
        changes.append(f"--device training.device={device}")
    if seed is not None:
        changes.append(f"--seed seed={seed}")
    return changes


def runs_folder(runs_dir: Path | None) -> Path:
    """Return the folder of `--runs-dir`, or the default one."""
    from nnlab.runs import default_runs_dir

    if runs_dir is not None and runs_dir.exists() and not runs_dir.is_dir():
        message = f"Expected a folder for runs. Received: --runs-dir {runs_dir}, a file."
        raise RequestError(f"{message} Name a folder.")
    return runs_dir if runs_dir is not None else default_runs_dir()


def runs_dir_flag(runs_dir: Path | None) -> str:
    """Return the `--runs-dir` option for suggested commands, with a leading space."""
    return "" if runs_dir is None else f" --runs-dir {shlex.quote(str(runs_dir))}"


def print_json(data: Any) -> None:
    """Print one JSON document to standard output."""
    typer.echo(json.dumps(data, indent=2, default=str))
