"""`nnlab init`: the shipped configs, to list or to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, print_json


def init(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]", help="A shipped config or comparison.", show_default=False
        ),
    ] = None,
    folder: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="Where to write it.")
    ] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List what comes with nnlab, or write one of it here to edit, with the schema for editors.

    Examples:

        nnlab init

        nnlab init mnist_5k

        nnlab init compare/initializers
    """
    from nnlab.config.yaml.builtin_configs import list_builtin_comparisons, list_builtin_configs

    if name is not None:
        _write(name, folder, force=force, as_json=as_json)
        return
    shipped, comparisons = list_builtin_configs(), list_builtin_comparisons()
    if as_json:
        print_json(
            [
                {"name": config.name, "purpose": config.purpose, "path": str(config.path)}
                for config in [*shipped, *comparisons]
            ]
        )
        return
    from nnlab.report.text.listings import listing
    from nnlab.report.text.table import print_tables

    tables = []
    for title, found in {"": shipped, "Comparisons": comparisons}.items():
        rows = [{"name": config.name, "purpose": config.purpose} for config in found]
        tables.append(listing(title, rows, ("name", "purpose"), optional=()))
    print_tables(tables)
    typer.echo(
        "Write one here: nnlab init NAME. Or use it as it is: nnlab train NAME,\n"
        "nnlab tune NAME of a search, nnlab compare variants NAME of a comparison.",
        err=True,
    )


def _write(name: str, folder: Path, *, force: bool, as_json: bool) -> None:
    from nnlab.config.yaml.builtin_configs import (
        COMPARISON_FOLDER,
        SCHEMA_FILE,
        extends_chain,
        find_builtin_file,
        read_schema,
    )
    from nnlab.errors import RequestError
    from nnlab.runs import atomic_write, translate_os_errors

    shipped = find_builtin_file(name.removesuffix(".yaml"))
    is_comparison_file = shipped.parent.name == COMPARISON_FOLDER
    # A comparison may be called as a config is: it has a folder of its own.
    into = folder / COMPARISON_FOLDER if is_comparison_file else folder
    texts = {
        into / source.name: source.read_text(encoding="utf-8") for source in extends_chain(shipped)
    }
    there = [str(target) for target in texts if target.exists()]
    if there and not force:
        verb = "is" if len(there) == 1 else "are"
        raise RequestError(
            f"{' and '.join(there)} {verb} there already. "
            "Replace with --force, or write elsewhere with --to DIR."
        )
    target, *bases = texts
    # The schema is that of a config.
    schema = None if is_comparison_file else folder / SCHEMA_FILE
    with translate_os_errors(target):
        if schema is not None:
            atomic_write(schema, read_schema())
        for file, text in texts.items():
            atomic_write(file, text)
    if as_json:
        written = {"config": str(target), "extends": [str(base) for base in bases]}
        print_json({**written, "schema": None if schema is None else str(schema)})
        return
    files = ", ".join(map(str, [target, *bases]))
    also = "" if schema is None else f" and {schema}"
    is_search = any(line.startswith("tune:") for line in texts[target].splitlines())
    command = "compare variants" if is_comparison_file else "tune" if is_search else "train"
    typer.echo(f"Wrote {files}{also}. Edit, then: nnlab {command} {target}")
