"""`nnlab schema`: print the JSON Schema of configs."""

from __future__ import annotations

import typer


def schema() -> None:
    """Print the JSON Schema of configs, for editors.

    Examples:

        nnlab schema > nnlab.schema.json
    """
    from nnlab.config.yaml.builtin_configs import read_schema

    typer.echo(read_schema(), nl=False)
