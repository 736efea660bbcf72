"""Merge one config over another for `extends`, and assign values for `--set`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nnlab.config.diagnostics import format_value
from nnlab.config.space.markers import Marker
from nnlab.config.vocabulary import FAMILIES, find_component
from nnlab.config.vocabulary.component import Component
from nnlab.config.yaml.document import Document, Mark, Path, format_path, parse_path
from nnlab.config.yaml.parser import read_yaml
from nnlab.errors import ConfigError, Diagnostic, Location
from nnlab.text import nearest

_SECTIONS = ("data", "model", "training", "tensorboard", "tune")
# Setting one key of a pair removes the inherited other one.
_EXCLUSIVE: Mapping[Path, str] = {("data", "dataset"): "file", ("data", "file"): "dataset"}
# The keys of these mappings are names that the user chose, even if a class has the same name.
_USER_NAMES: frozenset[Path] = frozenset(
    {
        ("data", "target"),
        ("data", "inputs"),
        ("model", "inputs"),
        ("model", "layers"),
        ("training", "loss_weights"),
    }
)
# The key next to the class in a node of a Functional model.
_FROM = "from"


def merge(base: Document, over: Document) -> Document:
    """Merge a document over the one that it extends.

    Mappings are merged key by key; any other value of `over` replaces that of `base`. A class
    replaces another class (`{SGD: …}` over `{Adam: …}`); arguments of the same class are merged.
    """
    merger = _Merger(base, over)
    tree = merger.merge(base.tree, over.tree, ())
    return Document(
        tree,
        merger.marks,
        diagnostics=(*base.diagnostics, *over.diagnostics),
        unreadable=(*base.unreadable, *over.unreadable),
        is_partial=base.is_partial,
    )


class _Merger:
    """Merges two trees and updates the marks of the base."""

    def __init__(self, base: Document, over: Document) -> None:
        self.marks = dict(base.marks)
        self._new_marks = over.marks

    def merge(self, base: Any, over: Any, path: Path) -> Any:
        if isinstance(over, Mapping):
            base = self._align(base, over, path)
        if not (isinstance(base, Mapping) and isinstance(over, Mapping)):
            self._drop_marks(path)
            new_marks = self._new_marks.items()
            self.marks.update({at: mark for at, mark in new_marks if _is_below(at, path)})
            return over
        if path in self._new_marks:
            self.marks[path] = self._new_marks[path]
        merged = dict(base)
        for key, value in over.items():
            key_path = (*path, key)
            merged[key] = self.merge(base.get(key), value, key_path)
            excluded = _EXCLUSIVE.get(key_path)
            if value is not None and excluded is not None and excluded not in over:
                merged.pop(excluded, None)
        return merged

    def _align(self, base: Any, over: Mapping[Any, Any], path: Path) -> Any:
        """Return the base as a mapping of arguments, spelled like `over`, without another class."""
        if not isinstance(base, Mapping):
            first = _first_argument(path)
            if base is None or first is None:
                return base
            self._move_marks(path, (*path, first))
            return {first: base}
        old, new = _class_key(base, path), _class_key(over, path)
        if old is None or new is None or old == new:
            return base
        if _is_same_class(old, new):
            self._move_marks((*path, old), (*path, new))
            return {new if key == old else key: value for key, value in base.items()}
        if _may_replace(old, new):
            self._drop_marks((*path, old))
            return {key: value for key, value in base.items() if key != old}
        return base

    def _drop_marks(self, path: Path) -> None:
        self.marks = {at: mark for at, mark in self.marks.items() if not _is_below(at, path)}

    def _move_marks(self, old: Path, new: Path) -> None:
        self.marks = {
            (*new, *at[len(old) :]) if _is_below(at, old) else at: mark
            for at, mark in self.marks.items()
        }


def _is_below(path: Path, parent: Path) -> bool:
    return path[: len(parent)] == parent


def _first_argument(path: Path) -> str | None:
    """Return the first argument of the class at a path, which a lone value fills, or None."""
    component = find_component(path[-1]) if path else None
    return component.first_argument() if component is not None else None


def _class_key(mapping: Mapping[Any, Any], path: Path) -> Any:
    """Return the only key of a mapping at a path, which may name a class, or None."""
    keys = [key for key in mapping if key != _FROM and path not in _USER_NAMES]
    return keys[0] if len(keys) == 1 else None


def _is_same_class(old: object, new: object) -> bool:
    """Return whether both name one class, such as `adam` and `Adam`."""
    component: type[Component] | None = find_component(old)
    return component is not None and component is find_component(new)


def _may_replace(old: object, new: object) -> bool:
    """Return whether a class, which may be misspelled, replaces another one."""
    if find_component(old) is None and old not in Marker.members:
        return False
    if find_component(new) is not None or new in Marker.members:
        return True
    families = [family for family in FAMILIES if family.lookup(old) is not None]
    return any(nearest(str(new), family.names) is not None for family in families)


def split_assignment(assignment: str) -> tuple[str, str, str | None]:
    """Split an assignment into its flag, its key and the text of its value, if it has one."""
    flag, text = "", assignment.strip()
    if text.startswith("--"):
        flag, _, text = text.partition(" ")
    key, equals, value = text.partition("=")
    key = key.strip()
    return flag or f"--set {key}", key, value if equals else None


def assignment_path(assignment: str) -> Path:
    """Return the path that `KEY=VALUE` sets; empty if the assignment is malformed."""
    _, key, value = split_assignment(assignment)
    path = parse_path(key)
    return () if value is None or "" in path else path


def override(document: Document, assignment: str) -> Document:
    """Return a document with one value set from the command line."""
    path = assignment_path(assignment)
    flag, key, text = split_assignment(assignment)
    if not path or text is None:
        message = f"Expected KEY=VALUE. Received: --set {format_value(assignment)}."
        hint = "Write it like `--set training.epochs=3`."
        raise ConfigError((Diagnostic(message, "", Location("--set"), hint),))
    location = Location(flag)
    all_repetitions = re.sub(r"(?<=\.Repeat)\[\d+\]", "", key)
    if all_repetitions != key:
        message = "A single repetition cannot be set: the config has its layers only once."
        hint = f"Set all of them, `--set {all_repetitions}=…`, or write the layers out."
        raise ConfigError((Diagnostic(message, all_repetitions, location, hint),))
    path = _as_spelled(document.tree, path)
    value = _read_value(text, path, location)
    return assign(document, path, Document(value, {(): Mark(location, location, location)}))


def _read_value(text: str, path: Path, location: Location) -> Any:
    """Parse the value of an assignment; its errors are located at the flag."""
    try:
        document = read_yaml(text, location.file)
        diagnostics = document.diagnostics
    except ConfigError as error:
        diagnostics = error.diagnostics
    if diagnostics:
        raise ConfigError(
            tuple(
                replace(
                    diagnostic,
                    location=location,
                    path=".".join(filter(None, [format_path(path), diagnostic.path])),
                )
                for diagnostic in diagnostics
            )
        )
    return document.tree


def _as_spelled(tree: Any, path: Path) -> Path:
    """Return a path as the tree spells it: `adam` for `Adam`, text for a key of digits."""
    spelled: list[str | int] = []
    for part in path:
        key = part
        if isinstance(tree, Mapping):
            same = (old for old in tree if str(old) == str(part) or _is_same_class(old, part))
            key = part if part in tree else next(same, part)
            tree = tree.get(key)
        elif isinstance(tree, list):
            tree = tree[part] if isinstance(part, int) and part < len(tree) else None
        else:
            tree = None
        spelled.append(key)
    return tuple(spelled)


def assign(document: Document, path: Path, value: Document) -> Document:
    """Return a document with the value at a path replaced by another document."""
    path = _as_spelled(document.tree, path)
    assigner = _Assigner(path, value, dict(document.marks))
    tree = assigner.assign(document.tree or {}, (), value.tree)
    excluded = _EXCLUSIVE.get(path)
    if excluded is not None and value.tree is not None:
        tree[path[0]].pop(excluded, None)
    return replace(document, tree=tree, marks=assigner.marks)


class _Assigner:
    """Sets the value at a path; copies its parents, and turns them into mappings if needed."""

    def __init__(self, path: Path, value: Document, marks: dict[Path, Mark]) -> None:
        self._path = path
        self._location = value.locate((), at_key=True)
        self.marks = {at: mark for at, mark in marks.items() if not _is_below(at, path)}
        self.marks.update({(*path, *at): mark for at, mark in value.marks.items()})

    def assign(self, tree: Any, parent: Path, value: Any) -> Any:
        if parent == self._path:
            return value
        key = self._path[len(parent)]
        if isinstance(tree, list) and (isinstance(key, int) or _first_argument(parent) is None):
            if not isinstance(key, int) or key > len(tree):
                message = (
                    f"`{format_path(parent)}` is a list of {len(tree)}. Received: position `{key}`."
                )
                hint = f"Use a position from 0 to {len(tree) - 1}, or {len(tree)} to add an item."
                raise self._error(message, hint if tree else "Use 0 to add an item.")
            item = tree[key] if key < len(tree) else None
            return [*tree[:key], self.assign(item, (*parent, key), value), *tree[key + 1 :]]
        mapping = self._as_mapping(tree, key, parent)
        if not parent and key not in mapping and (len(self._path) > 1 or key == "extends"):
            self._check_section(key)
        return {**mapping, key: self.assign(mapping.get(key), (*parent, key), value)}

    def _as_mapping(self, tree: Any, key: str | int, path: Path) -> dict[Any, Any]:
        """Return the value at a path as a mapping in which a key can be set."""
        if tree is None or (path == ("tensorboard",) and isinstance(tree, bool)):
            return {}
        if isinstance(tree, Mapping):
            old = _class_key(tree, path)
            if old is not None and old != key and _may_replace(old, key):
                return {other: item for other, item in tree.items() if other != old}
            return dict(tree)
        first = _first_argument(path)
        if first is not None:
            if path in self.marks:
                self.marks.setdefault((*path, first), self.marks[path])
            return {first: tree}
        if _is_same_class(tree, key):
            return {key: None}
        if find_component(key) is not None or key in Marker.members:
            return {}
        message = f"`{format_path(path)}` is {format_value(tree)}: it has no key `{key}`."
        raise self._error(message, f"Set `{format_path(path)}` itself.")

    def _check_section(self, key: str | int) -> None:
        if key in _SECTIONS:
            return
        if key == "extends":
            message = "`extends` cannot be set on the command line: it is read first."
            raise self._error(message, "Write it in a file.")
        close = nearest(str(key), _SECTIONS)
        hint = f"Did you mean `{close}`?" if close else f"They are: {', '.join(_SECTIONS)}."
        raise self._error(f"Unknown section `{key}`.", hint)

    def _error(self, message: str, hint: str) -> ConfigError:
        return ConfigError((Diagnostic(message, format_path(self._path), self._location, hint),))
