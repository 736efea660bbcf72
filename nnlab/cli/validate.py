"""`nnlab validate`: every fault of each config, and advice; nothing is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from nnlab.cli.options import JsonOption, SetOption, overrides, print_json


def validate(
    configs: Annotated[list[Path], typer.Argument(metavar="CONFIG...", help="YAML files.")],
    assignments: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check configs: all faults of each with place and remedy, and advice; nothing is trained.

    Examples:

        nnlab validate my.yaml

        nnlab validate configs/*.yaml --json
    """
    from nnlab.config.check import check_config
    from nnlab.report.faults import print_faults

    checks = [check_config(config, overrides(assignments, None, None)) for config in configs]
    if as_json:
        rows: list[dict[str, Any]] = [check.to_dict() for check in checks]
        print_json({"valid": all(check.is_valid for check in checks), "configs": rows})
    else:
        for check in checks:
            print_faults(check.faults, check.sources)
            print_faults(check.advice, check.sources, level="warning")
            if check.is_valid:
                typer.echo(f"{check.file}: valid{check.remark}")
    if not all(check.is_valid for check in checks):
        raise typer.Exit(2)
