"""Arguments and options that several commands share, and what they stand for."""

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
        help="A YAML file, or a shipped config's name; else nnlab.yaml here, else mnist_5k.",
        show_default=False,
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change one value: dotted path, list positions as numbers. Repeatable.",
    ),
]
DeviceOption = Annotated[
    str | None,
    typer.Option("--device", metavar="DEVICE", help="auto, cpu, gpu, or gpu:N; else the config's."),
]
SeedOption = Annotated[
    int | None, typer.Option("--seed", metavar="N", help="Another seed than the config's.")
]
RunsDirOption = Annotated[
    Path | None,
    typer.Option(
        "--runs-dir", metavar="DIR", help="Where runs are kept; else $NNLAB_RUNS_DIR, else runs."
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")
]


def resolve_config(config: Path | None, default: str | None = None) -> Path:
    """The file that a command is to read.

    Args:
        config: What the user named, or None.
        default: The shipped config for where nothing was named or found; None: that of a first run.

    Returns:
        The file; a shipped one for a shipped name, or where nothing was named or found here.
    """
    from nnlab.config.yaml.builtin_configs import (
        COMPARISON_FOLDER,
        DEFAULT_CONFIG,
        find_builtin_config,
    )

    if config is None:
        here = Path("nnlab.yaml")
        chosen = here if here.exists() else find_builtin_config(default or DEFAULT_CONFIG)
        typer.echo(f"No config named: using {chosen}", err=True)
        return chosen
    if (
        not config.exists()
        and not config.suffix
        and config.parent in {Path(), Path(COMPARISON_FOLDER)}
    ):
        return find_builtin_config(str(config))
    return config


def resolve_comparison(comparison: Path) -> Path:
    """The file that `compare variants` is to read.

    Args:
        comparison: What the user named.

    Returns:
        The file; a shipped one for a shipped name.
    """
    from nnlab.config.yaml.builtin_configs import find_builtin_comparison

    if comparison.exists() or comparison.suffix:
        return comparison
    return find_builtin_comparison(str(comparison))


def overrides(assignments: list[str] | None, device: str | None, seed: int | None) -> list[str]:
    """All that the command line changes in a config, in the form of `--set`.

    Args:
        assignments: Those of `--set`.
        device: That of `--device`.
        seed: That of `--seed`.

    Returns:
        Assignments, to be applied in turn.
    """
    changes = list(assignments or [])
    if device is not None:
        changes.append(f"--device training.device={device}")
    if seed is not None:
        changes.append(f"--seed seed={seed}")
    return changes


def runs_folder(runs_dir: Path | None) -> Path:
    """The folder of all runs.

    Args:
        runs_dir: That of `--runs-dir`.
    """
    from nnlab.runs import default_runs_dir

    if runs_dir is not None and runs_dir.exists() and not runs_dir.is_dir():
        message = (
            f"Expected a folder for runs. Received: --runs-dir {runs_dir}, a file. Name a folder."
        )
        raise RequestError(message)
    return runs_dir if runs_dir is not None else default_runs_dir()


def runs_dir_flag(runs_dir: Path | None) -> str:
    """What the next command needs, to look into the same folder of runs as this one.

    Args:
        runs_dir: That of `--runs-dir`.
    """
    return "" if runs_dir is None else f" --runs-dir {shlex.quote(str(runs_dir))}"


def print_json(data: Any) -> None:
    """Print one JSON document to standard output.

    Args:
        data: Plain data; NaN and infinities are written as null.
    """
    typer.echo(json.dumps(data, indent=2, default=str))
