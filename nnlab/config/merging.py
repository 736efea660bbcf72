"""One config over another: `extends`, and `--set` on top of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nnlab.config.document import Document, Mark, Path, dotted
from nnlab.config.problems import nearest
from nnlab.config.vocabulary import find_word
from nnlab.config.yaml_source import read_scalar
from nnlab.errors import ConfigError, Fault, Location

# A config that names one of a pair does without the other that it inherits.
_EXCLUSIVE = {("data", "dataset"): ("data", "file"), ("data", "file"): ("data", "dataset")}


def merge(base: Document, over: Document) -> Document:
    """The document that `over` gives when it extends `base`.

    Mappings are merged key by key; anything else in `over` takes the place of what `base` has. One word takes the
    place of another (`{SGD: …}` over `{Adam: …}`), the same word's arguments are merged.

    Args:
        base: The document that is extended.
        over: The document that extends it.

    Returns:
        The merged document; every value still knows its place.
    """
    marks = dict(base.marks)
    tree = _merge(base.tree, over.tree, (), marks, over.marks)
    return Document(tree, marks, sources={**base.sources, **over.sources})


def _merge(
    base: Any, over: Any, path: Path, marks: dict[Path, Mark], new: Mapping[Path, Mark]
) -> Any:
    if not (isinstance(base, Mapping) and isinstance(over, Mapping)) or _is_another_word(
        base, over
    ):
        for old in [old for old in marks if old[: len(path)] == path]:
            del marks[old]
        marks.update({at: mark for at, mark in new.items() if at[: len(path)] == path})
        return over
    if path in new:
        marks[path] = new[path]
    merged = dict(base)
    for key, value in over.items():
        at = (*path, key)
        merged[key] = _merge(base.get(key), value, at, marks, new)
        rival = _EXCLUSIVE.get(at)  # type: ignore[arg-type]
        if value is not None and rival is not None and rival[-1] not in over:
            merged.pop(rival[-1], None)
    return merged


def _is_another_word(base: Mapping[Any, Any], over: Mapping[Any, Any]) -> bool:
    """Whether both are one word with its arguments, and not the same word."""
    if len(base) != 1 or len(over) != 1:
        return False
    (old,), (new,) = base, over
    return old != new and find_word(old) is not None and find_word(new) is not None


def override(document: Document, assignment: str) -> Document:
    """A document with one value changed from the command line.

    Args:
        document: The document.
        assignment: `KEY=VALUE`; the key dotted, list positions as numbers; the value in YAML.

    Returns:
        The changed document.

    Raises:
        ConfigError: For an assignment without `=`, a value that is no YAML, a path that leads nowhere.

    Example:
        >>> override(Document({"model": {"layers": ["Dense"]}}), "model.layers.0.Dense.units=3").tree
        {'model': {'layers': [{'Dense': {'units': 3}}]}}
    """
    key, equals, text = assignment.partition("=")
    if not equals or not key.strip():
        message = f"Expected KEY=VALUE. Received: --set {assignment!r}."
        raise ConfigError(
            (Fault(message, "", Location("--set"), "Write it like `--set training.epochs=3`."),)
        )
    path: Path = tuple(int(part) if part.isdigit() else part for part in key.strip().split("."))
    place = Location(f"--set {key.strip()}")
    tree = _assign(document.tree or {}, path, read_scalar(text), (), place)
    at = document.origin(path)
    marks = {old: mark for old, mark in document.marks.items() if old[: len(at)] != at}
    marks[at] = Mark(place, place)
    if rival := _EXCLUSIVE.get(path):  # type: ignore[call-overload]
        tree[rival[0]].pop(rival[1], None)
    return replace(document, tree=tree, marks=marks)


def _assign(tree: Any, path: Path, value: Any, done: Path, place: Location) -> Any:
    """The tree with the value put at the path, what lies on the way copied and made a mapping where needed."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(tree, list):
        if not isinstance(key, int) or key > len(tree):
            message = f"`{dotted(done)}` is a list of {len(tree)}. Received: position {key!r}."
            remedy = f"Give a number from 0 to {len(tree) - 1}, or {len(tree)} to add one."
            raise ConfigError((Fault(message, dotted((*done, *path)), place, remedy),))
        found = tree[key] if key < len(tree) else None
        return [*tree[:key], _assign(found, rest, value, (*done, key), place), *tree[key + 1 :]]
    mapping = _as_mapping(tree, key, done)
    if key not in mapping and isinstance(key, int) and str(key) in mapping:
        key = str(key)
    if not done and key not in mapping and rest:
        _refuse_unknown_section(key, (*done, *path), place)
    return {**mapping, key: _assign(mapping.get(key), rest, value, (*done, key), place)}


def _as_mapping(tree: Any, key: str | int, done: Path) -> dict[Any, Any]:
    """What stands at a path, as a mapping that a key can be put into; a word takes its long form for it."""
    word = find_word(done[-1]) if done else None
    if isinstance(tree, Mapping):
        if len(tree) == 1 and _is_another_word(tree, {key: None}):
            return {}
        return dict(tree)
    if tree is None:
        return {}
    if word is not None and word.first_argument() is not None:
        return {word.first_argument(): tree}
    named = find_word(tree) if isinstance(tree, str) else None
    if named is not None and named is find_word(key):
        return {key: None}
    return {}


def _refuse_unknown_section(key: str | int, path: Path, place: Location) -> None:
    sections = ("data", "model", "training", "tensorboard", "tune")
    if key in sections:
        return
    close = nearest(str(key), sections)
    remedy = f"Did you mean `{close}`?" if close else f"The sections are: {', '.join(sections)}."
    raise ConfigError((Fault(f"There is no section `{key}`.", dotted(path), place, remedy),))
