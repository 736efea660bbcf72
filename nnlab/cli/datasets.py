"""`nnlab datasets`: the built-in data sets."""

from __future__ import annotations

from dataclasses import asdict

from nnlab.cli.options import JsonOption, print_json


def datasets(as_json: JsonOption = False) -> None:
    """List the built-in data sets: rows, features, task, arguments, and which need a network.

    Examples:

        nnlab datasets
    """
    from nnlab.data.catalogue import catalogue

    rows = catalogue()
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    from nnlab.report.listings import datasets_table
    from nnlab.report.tables import print_tables

    print_tables(
        datasets_table(
            [
                asdict(row)
                | {"arguments": [f"{name}: {value}" for name, value in row.arguments.items()]}
                for row in rows
            ]
        )
    )
