"""`nnlab datasets`: the built-in data sets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from nnlab.cli.options import JsonOption, print_json


def datasets(as_json: JsonOption = False) -> None:
    """List the built-in data sets: rows, features, task, arguments, and which need a network.

    Examples:

        nnlab datasets
    """
    from nnlab.data.datasets.catalog import list_datasets

    rows = list_datasets()
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    from nnlab.report.text.listings import datasets_table
    from nnlab.report.text.table import print_tables

    print_tables(
        datasets_table([asdict(row) | {"arguments": _yaml(row.arguments)} for row in rows])
    )


def _yaml(arguments: Mapping[str, Any]) -> list[str]:
    """Arguments as a config writes them; the seed, which every generated set has, left out."""
    return [
        f"{name}: {json.dumps(value) if not isinstance(value, str) else value}"
        for name, value in arguments.items()
        if name != "random_state"
    ]
