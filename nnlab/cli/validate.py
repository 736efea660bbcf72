"""`nnlab validate`: every fault of each config, and advice; nothing is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, SetOption, overrides, print_json, resolve_config


def validate(
    configs: Annotated[
        list[Path],
        typer.Argument(metavar="CONFIG...", help="YAML files, or names of shipped configs."),
    ],
    assignments: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check configs: all faults of each with place and remedy, and advice; nothing is trained.

    Examples:

        nnlab validate my.yaml

        nnlab validate configs/*.yaml --json
    """
    from nnlab.config.lint.check import check_config
    from nnlab.report.text.diagnostics import diagnostic_rows, print_diagnostics

    checks = [
        check_config(resolve_config(config), overrides(assignments, None, None))
        for config in configs
    ]
    valid = all(check.is_valid for check in checks)
    if as_json:
        rows = [
            {
                "file": check.file,
                "valid": check.is_valid,
                "search_markers": check.search_markers,
                "hyperparameters": check.hyperparameters,
                "configs": check.space_size,
                "faults": diagnostic_rows(check.errors, check.warnings),
            }
            for check in checks
        ]
        print_json({"valid": valid, "configs": rows})
    else:
        for check in checks:
            if check.errors or check.warnings:
                print_diagnostics(check.errors, check.warnings)
            if check.is_valid:
                typer.echo(f"{check.file}: valid{check.remark}")
    if not valid:
        raise typer.Exit(2)
