"""Load documents: read a file, merge it over what it extends, apply `--set`."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, Literal

from nnlab.config.diagnostics import format_value
from nnlab.config.yaml.document import Document
from nnlab.config.yaml.overrides import assignment_path, merge, override
from nnlab.config.yaml.parser import read_yaml
from nnlab.errors import ConfigError, Diagnostic, Location
from nnlab.text import nearest

_KEYS = {"config": "`data`, `model` and `training`", "comparison": "`base` and `variants`"}


def load_document(file: str | FilePath, overrides: Sequence[str] = ()) -> Document:
    """Read a config file with what it extends, and apply assignments in order."""
    document = _read_chain(FilePath(file), ())
    for assignment in overrides:
        try:
            document = resolve_paths(override(document, assignment), FilePath.cwd())
        except ConfigError as error:
            path = assignment_path(assignment)
            document = replace(
                document,
                diagnostics=(*document.diagnostics, *error.diagnostics),
                unreadable=(*document.unreadable, path) if path else document.unreadable,
            )
    return document


def _read_chain(
    file: FilePath, chain: tuple[FilePath, ...], extends_at: Location | None = None
) -> Document:
    """Read a file and merge it over what it extends; `chain` lists the files that extend it."""
    if file.resolve() in chain:
        cycle = " -> ".join(link.name for link in (*chain, file))
        message = f"The configs extend each other in a cycle: {cycle}."
        raise ConfigError((Diagnostic(message, "extends", extends_at, "Remove one `extends`."),))
    document = resolve_paths(read_mapping(file, extends_at), file.parent)
    tree = document.tree
    if has_comparison_keys(tree):
        message = "This file is a comparison, not a config."
        hint = f"Run it with `nnlab compare variants {shlex.quote(str(file))}`."
        start = Location(str(file), 1, 1)
        raise ConfigError((Diagnostic(message, "", extends_at or start, hint),))
    if "extends" not in tree:
        return document
    base, location = tree["extends"], document.locate(("extends",))
    if isinstance(base, str):
        try:
            base_document = _read_chain(file.parent / base, (*chain, file.resolve()), location)
        except ConfigError as error:
            base_document = Document({}, diagnostics=error.diagnostics, is_partial=True)
    else:
        message = f"Expected the name of one file. Received: extends={format_value(base)}."
        hint = "Let that file extend the next." if isinstance(base, list) else ""
        diagnostic = Diagnostic(message, "extends", location, hint or "Write `extends: base.yaml`.")
        base_document = Document({}, diagnostics=(diagnostic,), is_partial=True)
    merged = merge(base_document, document)
    return merged.with_tree(
        {key: value for key, value in merged.tree.items() if key != "extends"}, {}
    )


def read_mapping(
    file: FilePath,
    extends_at: Location | None = None,
    kind: Literal["config", "comparison"] = "config",
) -> Document:
    """Read the keys and values of one YAML file without validating them."""
    document = read_yaml(_read_text(file, extends_at), str(file))
    tree = document.tree
    if isinstance(tree, Mapping):
        return document
    received = "an empty file" if tree is None else format_value(tree)
    message = f"Expected keys such as {_KEYS[kind]}. Received: {received}."
    hint = f"`nnlab init` writes a {kind} to start from."
    raise ConfigError((Diagnostic(message, "", Location(str(file), 1, 1), hint),))


def has_comparison_keys(tree: Mapping[str, Any]) -> bool:
    """Return whether the keys are those of a comparison, not of a config."""
    keys = tree.keys()
    return bool(keys & {"variants", "grid"}) or ("base" in keys and "model" not in keys)


def is_comparison_file(file: str | FilePath) -> bool:
    """Return whether a file has the keys of a comparison; False if it cannot be read."""
    try:
        return has_comparison_keys(read_mapping(FilePath(file)).tree)
    except ConfigError:
        return False


def _read_text(file: FilePath, extends_at: Location | None) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        message = f"The file {file} does not exist."
        hint = _hint_for_missing_file(file, is_base=extends_at is not None)
    except IsADirectoryError:
        message, hint = f"{file} is a folder.", "Name a YAML file in it."
    except UnicodeDecodeError:
        message, hint = f"{file} is not UTF-8 text.", "Save it as UTF-8."
    except OSError as error:
        message, hint = f"{file} cannot be read: {error.strerror}.", "Check its permissions."
    except ValueError:
        message, hint = f"{format_value(str(file))} is not a file name.", "Write the file's path."
    location = extends_at or Location(str(file))
    raise ConfigError((Diagnostic(message, "extends" if extends_at else "", location, hint),))


def _hint_for_missing_file(file: FilePath, *, is_base: bool) -> str:
    close = None
    with suppress(OSError):
        close = nearest(file.stem, (other.stem for other in file.parent.glob("*.yaml")))
    if close is not None:
        return f"Did you mean `{close}.yaml`?"
    if is_base:
        return "Check the path; it is relative to the folder of this file."
    return "Check the path; `nnlab init` writes a config to start from."


def resolve_paths(document: Document, folder: FilePath) -> Document:
    """Return the document with `data.file` made absolute, relative to a folder."""
    data = document.tree.get("data") if isinstance(document.tree, Mapping) else None
    if not isinstance(data, Mapping) or data.get("file") is None:
        return document
    file = _resolve_file(data["file"], folder)
    return document.with_tree({**document.tree, "data": {**data, "file": file}}, {})


def _resolve_file(file: Any, folder: FilePath) -> Any:
    """Make a path absolute, or all paths in a search marker."""
    if isinstance(file, Mapping):
        return {key: _resolve_file(value, folder) for key, value in file.items()}
    if isinstance(file, list):
        return [_resolve_file(value, folder) for value in file]
    if not isinstance(file, str):
        return file
    # An unknown home folder or an invalid name is reported when the data are read.
    with suppress(RuntimeError, ValueError):
        return str((folder / FilePath(file).expanduser()).resolve())
    return file
