"""`nnlab init`: the shipped configs, to list or to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, print_json


def init(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A shipped config.", show_default=False)
    ] = None,
    folder: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="Where to write it.")
    ] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the shipped configs, or write one here to edit, with the schema for editors.

    Examples:

        nnlab init

        nnlab init mnist_5k
    """
    from nnlab.config.shipped import list_shipped

    if name is not None:
        _write(name, folder, force=force, as_json=as_json)
        return
    shipped = list_shipped()
    if as_json:
        print_json(
            [
                {"name": config.name, "purpose": config.purpose, "path": str(config.path)}
                for config in shipped
            ]
        )
        return
    from nnlab.report.listings import listing
    from nnlab.report.tables import print_tables

    rows = [{"name": config.name, "purpose": config.purpose} for config in shipped]
    print_tables(listing("", rows, ("name", "purpose"), optional=()))
    typer.echo(
        "Write one here with `nnlab init NAME`, or train it as it is with `nnlab train NAME`.",
        err=True,
    )


def _write(name: str, folder: Path, *, force: bool, as_json: bool) -> None:
    from nnlab.config.shipped import SCHEMA_FILE, find_shipped, schema_text, with_bases
    from nnlab.errors import RequestError
    from nnlab.runs import atomic_write, writing

    texts = {
        folder / source.name: source.read_text(encoding="utf-8")
        for source in with_bases(find_shipped(name.removesuffix(".yaml")))
    }
    there = [str(target) for target in texts if target.exists()]
    if there and not force:
        verb = "is" if len(there) == 1 else "are"
        raise RequestError(
            f"{' and '.join(there)} {verb} there already. "
            "Replace with --force, or write elsewhere with --to DIR."
        )
    target, *bases = texts
    with writing(target):
        folder.mkdir(parents=True, exist_ok=True)
        atomic_write(folder / SCHEMA_FILE, schema_text())
        for file, text in texts.items():
            atomic_write(file, text)
    schema = folder / SCHEMA_FILE
    if as_json:
        print_json(
            {"config": str(target), "extends": [str(base) for base in bases], "schema": str(schema)}
        )
        return
    written = ", ".join(map(str, [target, *bases]))
    typer.echo(f"Wrote {written} and {schema}. Edit, then: nnlab train {target}")
