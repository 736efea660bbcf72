"""`nnlab datasets`: the built-in data sets."""

from __future__ import annotations

from dataclasses import asdict

from nnlab.cli.options import JsonOption, print_json


def datasets(as_json: JsonOption = False) -> None:
    """List the built-in data sets: rows, features, task, arguments, and which need the network once.

    Examples:

        nnlab datasets
    """
    from nnlab.data.catalogue import catalogue

    rows = catalogue()
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    from nnlab.report.tables import datasets_table, print_table

    print_table(datasets_table([asdict(row) for row in rows]))
