"""`nnlab validate`: check configs without training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, SetOption, overrides, print_json, resolve_config


def validate(
    configs: Annotated[
        list[Path],
        typer.Argument(metavar="CONFIG", help="Paths to configs, or names of built-in ones."),
    ],
    assignments: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Report all errors of each file, and warnings; nothing is trained.

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
    all_valid = all(check.is_valid for check in checks)
    if as_json:
        rows = [
            {
                "file": check.file,
                "valid": check.is_valid,
                "search_markers": check.search_markers,
                "hyperparameters": check.hyperparameters,
                "configs": check.space_size,
                "errors": diagnostic_rows(check.errors),
                "warnings": diagnostic_rows((), check.warnings),
            }
            for check in checks
        ]
        print_json({"valid": all_valid, "configs": rows})
    else:
        for check in checks:
            if check.errors or check.warnings:
                print_diagnostics(check.errors, check.warnings)
            if check.is_valid:
                typer.echo(f"{check.file}: valid{check.remark}")
    if not all_valid:
        raise typer.Exit(2)
