"""`nnlab init`: list or copy the built-in configs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnlab.cli.options import JsonOption, print_json


def init(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="Name of a built-in config or comparison to copy. Without it, all are listed.",
            show_default=False,
        ),
    ] = None,
    folder: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="Folder to write to.")
    ] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the built-in configs, or write one here to edit.

    With a config, its JSON Schema is written, which editors use for completion and checks.

    Examples:

        nnlab init

        nnlab init mnist_5k

        nnlab init compare/initializers
    """
    from nnlab.config.yaml.builtin_configs import list_builtin_comparisons, list_builtin_configs

    if name is not None:
        _copy(name, folder, force=force, as_json=as_json)
        return
    configs, comparisons = list_builtin_configs(), list_builtin_comparisons()
    if as_json:
        print_json(
            [
                {"name": config.name, "purpose": config.purpose, "path": str(config.path)}
                for config in [*configs, *comparisons]
            ]
        )
        return
    from nnlab.report.text.table import listing, print_tables

    tables = []
    for title, entries in {"": configs, "Comparisons": comparisons}.items():
        rows = [{"name": entry.name, "purpose": entry.purpose} for entry in entries]
        tables.append(listing(title, rows, ("name", "purpose"), optional=()))
    print_tables(tables)
    typer.echo(
        "Copy one to this folder: nnlab init NAME. Or use it directly: nnlab train NAME,\n"
        "nnlab tune NAME for a search, nnlab compare variants NAME for a comparison.",
        err=True,
    )


def _copy(name: str, folder: Path, *, force: bool, as_json: bool) -> None:
    """Copy a built-in config, the configs that it extends, and the schema to a folder."""
    from nnlab.config.yaml.builtin_configs import (
        COMPARISON_FOLDER,
        SCHEMA_FILE,
        extends_chain,
        find_builtin_file,
        read_schema,
    )
    from nnlab.errors import RequestError
    from nnlab.runs import atomic_write, translate_os_errors

    source = find_builtin_file(name.removesuffix(".yaml"))
    is_comparison = source.parent.name == COMPARISON_FOLDER
    # Comparisons get a subfolder, because a config may have the same name.
    target_folder = folder / COMPARISON_FOLDER if is_comparison else folder
    texts = {
        target_folder / file.name: file.read_text(encoding="utf-8")
        for file in extends_chain(source)
    }
    existing = [str(target) for target in texts if target.exists()]
    if existing and not force:
        verb = "exists" if len(existing) == 1 else "exist"
        raise RequestError(
            f"{' and '.join(existing)} already {verb}. "
            "Overwrite with --force, or write to another folder with --to DIR."
        )
    target, *bases = texts
    # The schema describes configs, not comparisons.
    schema = None if is_comparison else folder / SCHEMA_FILE
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
    schema_note = "" if schema is None else f" and {schema}"
    is_search = any(line.startswith("tune:") for line in texts[target].splitlines())
    command = "compare variants" if is_comparison else "tune" if is_search else "train"
    typer.echo(f"Wrote {files}{schema_note}. Edit, then run: nnlab {command} {target}")
