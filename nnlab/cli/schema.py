"""`nnlab schema`: JSON Schema of a config."""

from __future__ import annotations

from nnlab.cli.options import print_json


def schema() -> None:
    """Print the JSON Schema of a config, by which editors complete and check.

    Examples:

        nnlab schema > nnlab.schema.json
    """
    from nnlab.config.json_schema import json_schema

    print_json(json_schema())
