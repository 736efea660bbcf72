"""`nnlab datasets`: list the built-in data sets."""

from __future__ import annotations

import json
from dataclasses import asdict

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
    from nnlab.report.text.table import datasets_table, print_tables

    rows = []
    for entry in entries:
        # As in a config, without `random_state`, which every generator has.
        arguments = [
            f"{name}: {json.dumps(value) if not isinstance(value, str) else value}"
            for name, value in entry.arguments.items()
            if name != "random_state"
        ]
        rows.append(asdict(entry) | {"arguments": arguments})
    print_tables(datasets_table(rows))
