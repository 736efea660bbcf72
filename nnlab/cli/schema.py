"""`nnlab schema`: JSON Schema of a config."""

from __future__ import annotations

import typer


def schema() -> None:
    """Print the JSON Schema of a config, by which editors complete and check.

    Examples:

        nnlab schema > nnlab.schema.json
    """
    from nnlab.config.yaml.builtin_configs import read_schema

    typer.echo(read_schema(), nl=False)
