"""One config over another: `extends`, and `--set` on top of all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nnlab.config.diagnostics.issues import shown
from nnlab.config.space.markers import Marker
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.families import FAMILIES, find_component
from nnlab.config.yaml.document import Document, Mark, Path, format_path, parse_path
from nnlab.config.yaml.parser import read_yaml
from nnlab.errors import ConfigError, Diagnostic, Location
from nnlab.text import nearest

_SECTIONS = ("data", "model", "training", "tensorboard", "tune")
# A config that names one of a pair does without the other that it inherits.
_EXCLUSIVE: Mapping[Path, str] = {("data", "dataset"): "file", ("data", "file"): "dataset"}
# Here the keys are names that the user gave, even where they are words.
_NAMES: frozenset[Path] = frozenset(
    {
        ("data", "target"),
        ("data", "inputs"),
        ("model", "inputs"),
        ("model", "layers"),
        ("training", "loss_weights"),
    }
)
# In a Functional model it stands beside the word that it feeds.
_BESIDE_A_WORD = "from"


def merge(base: Document, over: Document) -> Document:
    """The document that `over` gives when it extends `base`.

    Mappings are merged key by key; anything else in `over` takes the place of what `base` has. One
    word takes the place of another (`{SGD: …}` over `{Adam: …}`), the same word's arguments are
    merged.

    Args:
        base: The document that is extended.
        over: The document that extends it.

    Returns:
        The merged document; every value still knows its place.

    Example:
        >>> base = Document({"training": {"optimizer": {"Adam": 0.1}, "epochs": 3}})
        >>> merge(base, Document({"training": {"optimizer": {"Adam": {"clipnorm": 1}}}})).tree
        {'training': {'optimizer': {'Adam': {'learning_rate': 0.1, 'clipnorm': 1}}, 'epochs': 3}}
    """
    merging = _Merging(base, over)
    tree = merging.merged(base.tree, over.tree, ())
    return Document(
        tree,
        merging.marks,
        diagnostics=(*base.diagnostics, *over.diagnostics),
        unread=(*base.unread, *over.unread),
        is_part=base.is_part,
    )


class _Merging:
    def __init__(self, base: Document, over: Document) -> None:
        self.marks = dict(base.marks)
        self._new = over.marks

    def merged(self, base: Any, over: Any, path: Path) -> Any:
        if isinstance(over, Mapping):
            base = self._made_fit(base, over, path)
        if not (isinstance(base, Mapping) and isinstance(over, Mapping)):
            self._forget(path)
            self.marks.update({at: mark for at, mark in self._new.items() if _below(at, path)})
            return over
        if path in self._new:
            self.marks[path] = self._new[path]
        merged = dict(base)
        for key, value in over.items():
            at = (*path, key)
            merged[key] = self.merged(base.get(key), value, at)
            rival = _EXCLUSIVE.get(at)
            if value is not None and rival is not None and rival not in over:
                merged.pop(rival, None)
        return merged

    def _made_fit(self, base: Any, over: Mapping[Any, Any], path: Path) -> Any:
        """The base in the form that merges with a mapping: long, and of the same word."""
        if not isinstance(base, Mapping):
            first = _first_argument(path)
            if base is None or first is None:
                return base
            self._rename(path, (*path, first))
            return {first: base}
        old, new = _sole_word(base, path), _sole_word(over, path)
        if old is None or new is None or old == new:
            return base
        if _is_same_word(old, new):
            self._rename((*path, old), (*path, new))
            return {new if key == old else key: value for key, value in base.items()}
        if _may_replace(old, new):
            self._forget((*path, old))
            return {key: value for key, value in base.items() if key != old}
        return base

    def _forget(self, path: Path) -> None:
        self.marks = {at: mark for at, mark in self.marks.items() if not _below(at, path)}

    def _rename(self, old: Path, new: Path) -> None:
        self.marks = {
            (*new, *at[len(old) :]) if _below(at, old) else at: mark
            for at, mark in self.marks.items()
        }


def _below(path: Path, above: Path) -> bool:
    return path[: len(above)] == above


def _first_argument(path: Path) -> str | None:
    """The argument that a lone value at a path fills, where a word's arguments stand there."""
    word = find_component(path[-1]) if path else None
    return word.first_argument() if word is not None else None


def _sole_word(mapping: Mapping[Any, Any], path: Path) -> Any:
    """The key of a mapping at a path that may be a word with its arguments behind it."""
    keys = [key for key in mapping if key != _BESIDE_A_WORD and path not in _NAMES]
    return keys[0] if len(keys) == 1 else None


def _is_same_word(old: object, new: object) -> bool:
    """Whether both are names of one word: `adam` and `Adam`."""
    word: type[Component] | None = find_component(old)
    return word is not None and word is find_component(new)


def _may_replace(old: object, new: object) -> bool:
    """Whether one word stands where another stood; it may be misspelt."""
    if find_component(old) is None and old not in Marker.members:
        return False
    if find_component(new) is not None or new in Marker.members:
        return True
    families = [family for family in FAMILIES if family.lookup(old) is not None]
    return any(nearest(str(new), family.names) is not None for family in families)


def assignment_path(assignment: str) -> Path:
    """The path of what `KEY=VALUE` sets; empty where it names none.

    Args:
        assignment: As `override` takes it.

    Example:
        >>> assignment_path("model.layers.0.Dense.units=3")
        ('model', 'layers', 0, 'Dense', 'units')
    """
    _, key, text = split_assignment(assignment)
    path = parse_path(key)
    return () if text is None or "" in path else path


def split_assignment(assignment: str) -> tuple[str, str, str | None]:
    """The flag that an assignment was given by, its key, and the text of its value.

    Args:
        assignment: As `override` takes it.

    Returns:
        The three; None for the value of one without `=`.

    Example:
        >>> split_assignment("training.epochs=3"), split_assignment("--device training.device=cpu")
        (('--set training.epochs', 'training.epochs', '3'), ('--device', 'training.device', 'cpu'))
    """
    flag, plain = "", assignment.strip()
    if plain.startswith("--"):
        flag, _, plain = plain.partition(" ")
    key, equals, text = plain.partition("=")
    key = key.strip()
    return flag or f"--set {key}", key, text if equals else None


def override(document: Document, assignment: str) -> Document:
    """A document with one value changed from the command line.

    Args:
        document: The document.
        assignment: `KEY=VALUE`; the key dotted, list positions as numbers; the value in YAML.
            Before it may stand the flag that it comes from, for messages: `--jobs tune.jobs=2`.

    Returns:
        The changed document.

    Raises:
        ConfigError: For an assignment without `=`, a value that is no YAML, a path that leads
            nowhere.

    Example:
        >>> document = Document({"model": {"layers": ["Dense"]}})
        >>> override(document, "model.layers.0.Dense.units=3").tree
        {'model': {'layers': [{'Dense': {'units': 3}}]}}
    """
    path = assignment_path(assignment)
    flag, key, text = split_assignment(assignment)
    if not path or text is None:
        message = f"Expected KEY=VALUE. Received: --set {shown(assignment)}."
        hint = "Write it like `--set training.epochs=3`."
        raise ConfigError((Diagnostic(message, "", Location("--set"), hint),))
    place = Location(flag)
    plain = re.sub(r"(?<=\.Repeat)\[\d+\]", "", key)
    if plain != key:
        message = "One repetition cannot be set by itself: the config holds its layers once."
        hint = f"Set all of them, `--set {plain}=…`, or write the layers out."
        raise ConfigError((Diagnostic(message, plain, place, hint),))
    spelt = _as_spelt(document.tree, path)
    value = _read_value(text, spelt, place)
    return assign(document, spelt, Document(value, {(): Mark(place, place, place)}))


def assign(document: Document, path: Path, value: Document) -> Document:
    """A document with the value at a path taken from another.

    Args:
        document: The document.
        path: Where the value goes; words on the way may be spelt in any of their forms.
        value: The value, with the places where it was written.

    Returns:
        The changed document.

    Raises:
        ConfigError: For a path that leads nowhere.

    Example:
        >>> document = Document({"training": {"optimizer": {"Adam": {"clipnorm": 1}}}})
        >>> assign(document, ("training", "optimizer", "adam", "clipnorm"), Document(2)).tree
        {'training': {'optimizer': {'Adam': {'clipnorm': 2}}}}
    """
    path = _as_spelt(document.tree, path)
    assigning = _Assigning(path, value, dict(document.marks))
    tree = assigning.assigned(document.tree or {}, (), value.tree)
    rival = _EXCLUSIVE.get(path)
    if rival is not None and value.tree is not None:
        tree[path[0]].pop(rival, None)
    return replace(document, tree=tree, marks=assigning.marks)


def _read_value(text: str, path: Path, place: Location) -> Any:
    """The value of an assignment; its faults stand at the flag."""
    try:
        document = read_yaml(text, place.file)
        diagnostics = document.diagnostics
    except ConfigError as error:
        diagnostics = error.diagnostics
    if diagnostics:
        raise ConfigError(
            tuple(
                replace(
                    diagnostic,
                    location=place,
                    path=".".join(filter(None, [format_path(path), diagnostic.path])),
                )
                for diagnostic in diagnostics
            )
        )
    return document.tree


def _as_spelt(tree: Any, path: Path) -> Path:
    """The path in the spelling of the tree: `adam` for `Adam`, text for a key of digits."""
    spelt: list[str | int] = []
    for part in path:
        key = part
        if isinstance(tree, Mapping):
            same = (old for old in tree if str(old) == str(part) or _is_same_word(old, part))
            key = part if part in tree else next(same, part)
            tree = tree.get(key)
        elif isinstance(tree, list):
            tree = tree[part] if isinstance(part, int) and part < len(tree) else None
        else:
            tree = None
        spelt.append(key)
    return tuple(spelt)


class _Assigning:
    """Puts a value at a path; what lies on the way is copied, and made a mapping where needed."""

    def __init__(self, path: Path, value: Document, marks: dict[Path, Mark]) -> None:
        self._path = path
        self._place = value.locate((), at_key=True)
        self.marks = {at: mark for at, mark in marks.items() if not _below(at, path)}
        self.marks.update({(*path, *at): mark for at, mark in value.marks.items()})

    def assigned(self, tree: Any, done: Path, value: Any) -> Any:
        if done == self._path:
            return value
        key = self._path[len(done)]
        if isinstance(tree, list) and (isinstance(key, int) or _first_argument(done) is None):
            if not isinstance(key, int) or key > len(tree):
                message = (
                    f"`{format_path(done)}` is a list of {len(tree)}. Received: position `{key}`."
                )
                raise self._issue(message, _positions(len(tree)))
            found = tree[key] if key < len(tree) else None
            return [*tree[:key], self.assigned(found, (*done, key), value), *tree[key + 1 :]]
        mapping = self._as_mapping(tree, key, done)
        if not done and key not in mapping and (len(self._path) > 1 or key == "extends"):
            self._refuse_unknown_section(key)
        return {**mapping, key: self.assigned(mapping.get(key), (*done, key), value)}

    def _as_mapping(self, tree: Any, key: str | int, done: Path) -> dict[Any, Any]:
        """What stands at a path, as a mapping that a key can be put into."""
        if tree is None or (done == ("tensorboard",) and isinstance(tree, bool)):
            return {}
        if isinstance(tree, Mapping):
            old = _sole_word(tree, done)
            if old is not None and old != key and _may_replace(old, key):
                return {other: item for other, item in tree.items() if other != old}
            return dict(tree)
        first = _first_argument(done)
        if first is not None:
            if done in self.marks:
                self.marks.setdefault((*done, first), self.marks[done])
            return {first: tree}
        if _is_same_word(tree, key):
            return {key: None}
        if find_component(key) is not None or key in Marker.members:
            return {}
        message = f"`{format_path(done)}` is {shown(tree)}: it has no `{key}`."
        raise self._issue(message, f"Set `{format_path(done)}` itself.")

    def _refuse_unknown_section(self, key: str | int) -> None:
        if key in _SECTIONS:
            return
        if key == "extends":
            message = "`extends` is read before the command line."
            raise self._issue(message, "Write it in a file.")
        close = nearest(str(key), _SECTIONS)
        hint = f"Did you mean `{close}`?" if close else f"They are: {', '.join(_SECTIONS)}."
        raise self._issue(f"There is no section `{key}`.", hint)

    def _issue(self, message: str, hint: str) -> ConfigError:
        return ConfigError((Diagnostic(message, format_path(self._path), self._place, hint),))


def _positions(count: int) -> str:
    if not count:
        return "Give 0 to add one."
    return f"Give a number from 0 to {count - 1}, or {count} to add one."
