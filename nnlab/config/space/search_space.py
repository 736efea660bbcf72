"""The markers of a config: which values are open, and what given values make of it.

A marker stands where the value would stand: `units: {Int: {min_value: 8, max_value: 128}}`.
`Repeat` stands among the layers of a Sequential model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nnlab.config.diagnostics.issues import Issue, IssueCollector
from nnlab.config.space.markers import Choice, Marker, Repeat
from nnlab.config.vocabulary.families import find_component
from nnlab.config.yaml.document import Document, Path, format_path
from nnlab.text import nearest


@dataclass(frozen=True)
class OpenValue:
    """A marker and where it stands in the config.

    Args:
        path: Its path in the document.
        marker: What it may become.
        repetition: Inside `Repeat`, the repetition that is meant, from 1; None: all of them.

    Example:
        >>> inside = ("model", "layers", 1, "Repeat", "layers", 0, "Dropout")
        >>> OpenValue(inside, Choice(values=[0.1, 0.2]), repetition=2).name
        'model.layers.1.Repeat[2].layers.0.Dropout'
    """

    path: Path
    marker: Marker
    repetition: int | None = None

    def __str__(self) -> str:
        """The marker in the words of the config, `units: Int 8..128`."""
        return f"{format_path(self.path)}: {self.marker.to_tree()}"

    @property
    def name(self) -> str:
        """Its dotted path; inside `Repeat`, the number of the repetition stands in brackets."""
        if isinstance(self.marker, Repeat):
            return format_path((*self.path, Repeat.display_name(), "times"))
        if self.repetition is None:
            return format_path(self.path)
        # Repeat stands among the layers of the model and holds no other: its place is known.
        outer, inner = self.path[:_REPEAT_AT], self.path[_REPEAT_AT + 1 :]
        return format_path((*outer, f"{Repeat.display_name()}[{self.repetition}]", *inner))

    @property
    def is_open(self) -> bool:
        """False for `Repeat` with a plain number: nothing about it is left to choose."""
        return not (isinstance(self.marker, Repeat) and isinstance(self.marker.times, int))


_LAYERS = ("model", "layers")
# `model.layers.<position>.Repeat`
_REPEAT_AT = 3

# What a marker becomes: a number for Int and Float, true or false for Boolean, a position among its
# values for Choice, a number of repetitions for Repeat.
Pick = Callable[[OpenValue], Any]


def find_markers(document: Document) -> tuple[Document, list[OpenValue], list[Issue]]:
    """Every marker of a config, outer before inner, and what is wrong with those that are unsound.

    Args:
        document: The config.

    Returns:
        The config, nothing in the place of unsound markers; the sound markers; the problems, with
        paths from the top.

    Example:
        >>> find_markers(Document({"epochs": {"Choice": [1, 2]}}))[1][0].path
        ('epochs',)
    """
    found, issues = _find(document.tree, ())
    unsound = {path for path, issue in issues}
    tree = _without(document.tree, (), unsound)
    sound = [value for value in found if not any(_below(value.path, path) for path in unsound)]
    unread = (*document.unread, *unsound)
    return (
        replace(document, tree=tree, unread=unread),
        sound,
        [issue for _, issue in issues],
    )


def _below(path: Path, above: Path) -> bool:
    return path[: len(above)] == above


def _find(tree: Any, path: Path) -> tuple[list[OpenValue], list[tuple[Path, Issue]]]:
    """Markers, and problems, each with the path of the marker that has it."""
    found: list[OpenValue] = []
    issues: list[tuple[Path, Issue]] = []
    named = as_marker(tree)
    issues += ((path, issue) for issue in _beside_from(tree, path))
    inside = path
    if named is not None:
        word, arguments = named
        inside = (*path, word.display_name())
        collector = IssueCollector()
        collector.add(*_misplaced(word, path))
        with collector.collect(*inside):
            found.append(OpenValue(path, word.from_arguments(arguments)))
        found_wrong = collector.issues()
        if word is Choice and not isinstance(arguments, Mapping):
            found_wrong = [_in_short_form(issue, inside) for issue in found_wrong]
        issues += [(path, issue) for issue in found_wrong]
        if word not in (Choice, Repeat):
            return found, issues
        tree = arguments
    for key, value in items_of(tree):
        if named is not None and key == "times":
            continue
        inner, wrong = _find(value, (*inside, key))
        found += inner
        issues += wrong
    return found, issues


def _in_short_form(issue: Issue, inside: Path) -> Issue:
    """A problem of a choice whose values stand right behind its name."""
    if issue.path[len(inside) : len(inside) + 1] != ("values",):
        return issue
    return replace(issue, path=(*inside, *issue.path[len(inside) + 1 :]))


def _beside_from(tree: Any, path: Path) -> Iterator[Issue]:
    """A marker that stands for a layer of a Functional model, but not for the whole of it."""
    for key in (
        tree if isinstance(tree, Mapping) and "from" in tree and path[:1] == ("model",) else ()
    ):
        if key == "Repeat":
            yield from _misplaced(Repeat, path)
        elif key in Marker.members:
            message = f"A search marker, {key}, stands beside `from`."
            hint = "Let it stand for the whole: `{Choice: [{Dense: 8, from: …}, …]}`."
            yield Issue((*path, key), message, hint, at_key=True)


def items_of(tree: Any) -> list[tuple[Any, Any]]:
    """The values right below one, each with its key or position.

    Args:
        tree: Plain data; a scalar has none.
    """
    if isinstance(tree, Mapping):
        return list(tree.items())
    return list(enumerate(tree)) if isinstance(tree, list) else []


def _misplaced(word: type[Marker], path: Path) -> Iterator[Issue]:
    """What is wrong with the place of a marker."""
    if path[:1] in (("name",), ("tune",), ("extends",)):
        message = f"A search marker, {word.display_name()}, stands where nothing can be searched."
        yield Issue(path, message, "Write a plain value.")
    elif word is Repeat and (path[:-1] != _LAYERS or isinstance(path[-1], str)):
        message = "Repeat stands elsewhere than among the layers of a Sequential model."
        yield Issue(
            (*path, word.display_name()),
            message,
            "Put it directly into `model.layers`.",
            at_key=True,
        )


def _without(tree: Any, path: Path, unsound: set[Path]) -> Any:
    """The tree with nothing in the place of some values."""
    if path in unsound:
        return None
    if isinstance(tree, Mapping):
        return {key: _without(value, (*path, key), unsound) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_without(value, (*path, at), unsound) for at, value in enumerate(tree)]
    return tree


def as_marker(tree: Any) -> tuple[type[Marker], Any] | None:
    """The marker that stands in the place of a value, and its arguments.

    Args:
        tree: Plain data.

    Returns:
        None for data that is no marker.
    """
    if not isinstance(tree, Mapping) or len(tree) != 1:
        return None
    ((name, arguments),) = tree.items()
    word = Marker.members.get(name)
    return (word, arguments) if word is not None and issubclass(word, Marker) else None


def has_misspelt_marker(tree: Any) -> bool:
    """Whether a word that is almost that of a marker stands in the place of some value.

    Args:
        tree: Plain data.

    Example:
        >>> has_misspelt_marker({"units": {"Intt": {"min_value": 1, "max_value": 4}}})
        True
    """
    items = items_of(tree)
    if isinstance(tree, Mapping) and len(items) == 1:
        name = str(items[0][0])
        known = name in Marker.members or find_component(name) is not None
        if not known and nearest(name, Marker.members) is not None:
            return True
    return any(has_misspelt_marker(value) for _, value in items)


def options_of(arguments: Any) -> tuple[Path, list[Any]]:
    """What a `Choice` offers, in its short form or its long one.

    Args:
        arguments: What stands behind `Choice`.

    Returns:
        The path from the choice to the list of its options; the options.

    Example:
        >>> options_of([0.1, 0.2])
        (('Choice',), [0.1, 0.2])
    """
    if isinstance(arguments, Mapping):
        return (Choice.display_name(), "values"), arguments["values"]
    return (Choice.display_name(),), arguments


def fill(document: Document, pick: Pick) -> Document:
    """The document with a value in the place of each marker.

    Args:
        document: A config whose markers can be read (see `find_markers`).
        pick: What each marker becomes.

    Returns:
        A document without markers, whose values still know where they were written.

    Example:
        >>> fill(Document({"epochs": {"Int": {"min_value": 1, "max_value": 3}}}), lambda _: 2).tree
        {'epochs': 2}
    """
    filling = _Filling(pick)
    tree = filling.of(document.tree, (), ())
    # A lone value's faults stand where it stands, not at the key of the mapping that it was.
    marks = {
        path: replace(mark, inside=mark.value)
        for path in filling.moves.values()
        if (mark := document.marks.get(path)) is not None
    }
    return replace(document, marks={**document.marks, **marks}).moved(tree, filling.moves)


class _Filling:
    """Fills a tree, and keeps where each value that it moved was written."""

    def __init__(self, pick: Pick) -> None:
        self.moves: dict[Path, Path] = {}
        self._pick = pick
        self._repetition: int | None = None

    def of(self, tree: Any, new: Path, old: Path) -> Any:
        """A tree, filled; `new` is where it will stand, `old` where it was written."""
        named = as_marker(tree)
        if named is not None:
            value = self._picked(named, old)
            if named[0] is not Choice:
                self.moves[new] = old
                return value
            inside, options = options_of(named[1])
            self.moves[new] = (*old, *inside, value)
            return self.of(options[value], new, self.moves[new])
        if isinstance(tree, Mapping):
            return {key: self.of(value, (*new, key), (*old, key)) for key, value in tree.items()}
        return self._list(tree, new, old) if isinstance(tree, list) else tree

    def _list(self, items: list[Any], new: Path, old: Path) -> list[Any]:
        filled: list[Any] = []
        for position, item in enumerate(items):
            for source, part, repetition in self._parts(item, (*old, position)):
                here = (*new, len(filled))
                self.moves[here] = source
                outside, self._repetition = self._repetition, repetition or self._repetition
                value = self.of(part, here, source)
                self._repetition = outside
                if value is None and new == _LAYERS and as_marker(part) is not None:
                    # A choice of a layer or none: none was chosen.
                    del self.moves[here]
                else:
                    filled.append(value)
        return filled

    def _parts(self, item: Any, at: Path) -> list[tuple[Path, Any, int | None]]:
        """An item of a list; in the place of `Repeat` its layers, as often as it says."""
        named = as_marker(item)
        if named is None or named[0] is not Repeat:
            return [(at, item, None)]
        inside = (*at, Repeat.display_name(), "layers")
        return [
            ((*inside, index), layer, repetition)
            for repetition in range(1, self._picked(named, at) + 1)
            for index, layer in enumerate(named[1]["layers"])
        ]

    def _picked(self, named: tuple[type[Marker], Any], at: Path) -> Any:
        word, arguments = named
        return self._pick(OpenValue(at, word.from_arguments(arguments), self._repetition))
