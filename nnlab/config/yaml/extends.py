"""From files to a document: a file, what it extends, and what the command line changes."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, Literal

from nnlab.config.diagnostics.issues import shown
from nnlab.config.yaml.document import Document
from nnlab.config.yaml.overrides import assignment_path, merge, override
from nnlab.config.yaml.parser import read_yaml
from nnlab.errors import ConfigError, Diagnostic, Location
from nnlab.text import nearest

_KEYS = {"config": "`data`, `model` and `training`", "comparison": "`base` and `variants`"}


def load_document(file: str | FilePath, overrides: Sequence[str] = ()) -> Document:
    """Read a file, what it extends, and what the command line changes.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE`, applied in turn.

    Returns:
        The document, not yet validated; `data.file` in it is absolute. Its `diagnostics` are
        duplicate keys and assignments that cannot be applied.

    Raises:
        ConfigError: For files that cannot be read, are no YAML, or extend each other in a circle.
    """
    document = _read_chain(FilePath(file), ())
    for assignment in overrides:
        try:
            document = resolve_paths(override(document, assignment), FilePath.cwd())
        except ConfigError as error:
            unread = assignment_path(assignment)
            document = replace(
                document,
                diagnostics=(*document.diagnostics, *error.diagnostics),
                unread=(*document.unread, unread) if unread else document.unread,
            )
    return document


def _read_chain(
    file: FilePath, chain: tuple[FilePath, ...], where: Location | None = None
) -> Document:
    """A file merged over what it extends."""
    if file.resolve() in chain:
        ring = " -> ".join(link.name for link in (*chain, file))
        message = f"The configs extend each other in a circle: {ring}."
        raise ConfigError((Diagnostic(message, "extends", where, "Remove one `extends`."),))
    document = resolve_paths(read_mapping(file, where), file.parent)
    tree = document.tree
    if describes_comparison(tree):
        message = "This file is a comparison, not a config."
        hint = f"Run it with `nnlab compare variants {shlex.quote(str(file))}`."
        raise ConfigError((Diagnostic(message, "", where or Location(str(file), 1, 1), hint),))
    if "extends" not in tree:
        return document
    base, place = tree["extends"], document.locate(("extends",))
    if not isinstance(base, str):
        message = f"Expected the name of one file. Received: extends={shown(base)}."
        hint = "Let that file extend the next." if isinstance(base, list) else ""
        diagnostic = Diagnostic(message, "extends", place, hint or "Write `extends: base.yaml`.")
        below = Document({}, diagnostics=(diagnostic,), is_part=True)
    else:
        try:
            below = _read_chain(file.parent / base, (*chain, file.resolve()), place)
        except ConfigError as error:
            below = Document({}, diagnostics=error.diagnostics, is_part=True)
    merged = merge(below, document)
    rest = {key: value for key, value in merged.tree.items() if key != "extends"}
    return merged.moved(rest, {})


def read_mapping(
    file: FilePath,
    where: Location | None = None,
    kind: Literal["config", "comparison"] = "config",
) -> Document:
    """Read the keys and values of one YAML file, nothing of them judged.

    Args:
        file: The YAML file.
        where: What names it, where that is another file.
        kind: What it should be, for the message where it is no mapping.

    Returns:
        The document, a mapping.

    Raises:
        ConfigError: For a file that cannot be read, is no YAML, or no mapping.
    """
    document = read_yaml(_text(file, where), str(file))
    tree = document.tree
    if isinstance(tree, Mapping):
        return document
    received = "an empty file" if tree is None else shown(tree)
    message = f"Expected keys such as {_KEYS[kind]}. Received: {received}."
    hint = f"`nnlab init` writes a {kind} to start from."
    raise ConfigError((Diagnostic(message, "", Location(str(file), 1, 1), hint),))


def describes_comparison(tree: Mapping[str, Any]) -> bool:
    """Whether a file has the keys of a comparison, not those of a config.

    Args:
        tree: What the file holds.

    Example:
        >>> describes_comparison({"base": "mnist_5k", "variants": {}})
        True
    """
    keys = tree.keys()
    return bool(keys & {"variants", "grid"}) or ("base" in keys and "model" not in keys)


def is_comparison(file: str | FilePath) -> bool:
    """Whether a file has the keys of a comparison, not those of a config.

    Args:
        file: The YAML file.

    Returns:
        False also for a file that cannot be read.

    Example:
        >>> is_comparison("configs/mnist_5k.yaml")
        False
    """
    try:
        return describes_comparison(read_mapping(FilePath(file)).tree)
    except ConfigError:
        return False


def _text(file: FilePath, where: Location | None) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        message, hint = f"There is no file {file}.", _other_file(file, extended=where is not None)
    except IsADirectoryError:
        message, hint = f"{file} is a folder.", "Name a YAML file in it."
    except UnicodeDecodeError:
        message, hint = f"{file} is not text in UTF-8.", "Save it as UTF-8."
    except OSError as error:
        message, hint = f"{file} cannot be read: {error.strerror}.", "Check its permissions."
    except ValueError:
        message, hint = f"{shown(str(file))} is no name of a file.", "Write its path."
    at = where or Location(str(file))
    raise ConfigError((Diagnostic(message, "extends" if where else "", at, hint),))


def _other_file(file: FilePath, *, extended: bool) -> str:
    """The remedy for a file that is not there."""
    close = None
    with suppress(OSError):
        close = nearest(file.stem, (other.stem for other in file.parent.glob("*.yaml")))
    if close is not None:
        return f"Did you mean `{close}.yaml`?"
    if extended:
        return "Check the path: it starts at the folder of this file."
    return "Check the path; `nnlab init` writes a config to start from."


def resolve_paths(document: Document, folder: FilePath) -> Document:
    """The document with `data.file` made absolute.

    Args:
        document: The document.
        folder: The folder of the file that names the data.

    Returns:
        The document; where its data are no file, or absolute already, as it was.
    """
    data = document.tree.get("data") if isinstance(document.tree, Mapping) else None
    if not isinstance(data, Mapping) or data.get("file") is None:
        return document
    file = _absolute(data["file"], folder)
    return document.moved({**document.tree, "data": {**data, "file": file}}, {})


def _absolute(file: Any, folder: FilePath) -> Any:
    """A file's path made absolute; of a search marker, those that it offers."""
    if isinstance(file, Mapping):
        return {key: _absolute(value, folder) for key, value in file.items()}
    if isinstance(file, list):
        return [_absolute(value, folder) for value in file]
    if not isinstance(file, str):
        return file
    # A home that nobody has, a name that no file can have: the data's own reader tells of them.
    with suppress(RuntimeError, ValueError):
        return str((folder / FilePath(file).expanduser()).resolve())
    return file
