"""`nnlab datasets`: list the built-in data sets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from nnlab.cli.options import JsonOption, print_json


def datasets(as_json: JsonOption = False) -> None:
    """List the built-in data sets.

    Examples:

        nnlab datasets
    """
    from nnlab.data.datasets.catalog import list_datasets

    entries = list_datasets()
    if as_json:
        print_json([asdict(entry) for entry in entries])
        return
    from nnlab.report.text.listings import datasets_table
    from nnlab.report.text.table import print_tables

    rows = [asdict(entry) | {"arguments": _format_arguments(entry.arguments)} for entry in entries]
    print_tables(datasets_table(rows))


def _format_arguments(arguments: Mapping[str, Any]) -> list[str]:
    """Format arguments as in a config, without `random_state`, which every generator has."""
    return [
        f"{name}: {json.dumps(value) if not isinstance(value, str) else value}"
        for name, value in arguments.items()
        if name != "random_state"
    ]
