"""Find the search markers of a config, and fill them with values.

A marker is written in place of a value: `units: {Int: {min_value: 8, max_value: 128}}`. `Repeat` is
written among the layers of a Sequential model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nnlab.config.diagnostics import Issue, IssueCollector
from nnlab.config.space.markers import Choice, Marker, Repeat
from nnlab.config.vocabulary import find_component
from nnlab.config.yaml.document import Document, Path, format_path
from nnlab.text import nearest

_LAYERS = ("model", "layers")
# The position of the key in `model.layers.<position>.Repeat`.
_REPEAT_POSITION = 3


@dataclass(frozen=True)
class PlacedMarker:
    """A marker with its path in the config.

    Args:
        path: The path of the value that it replaces.
        marker: The marker.
        repetition: Inside `Repeat`, one of the repetitions, from 1. None: all of them.

    Example:
        >>> inside = ("model", "layers", 1, "Repeat", "layers", 0, "Dropout")
        >>> PlacedMarker(inside, Choice(values=[0.1, 0.2]), repetition=2).name
        'model.layers.1.Repeat[2].layers.0.Dropout'
    """

    path: Path
    marker: Marker
    repetition: int | None = None

    def __str__(self) -> str:
        """Return the path and the marker."""
        return f"{format_path(self.path)}: {self.marker.to_tree()}"

    @property
    def name(self) -> str:
        """The name of its hyperparameter: the dotted path, with the repetition in brackets."""
        if isinstance(self.marker, Repeat):
            return format_path((*self.path, Repeat.display_name(), "times"))
        if self.repetition is None:
            return format_path(self.path)
        # A `Repeat` is always directly in `model.layers`: its position in the path is known.
        outer, inner = self.path[:_REPEAT_POSITION], self.path[_REPEAT_POSITION + 1 :]
        return format_path((*outer, f"{Repeat.display_name()}[{self.repetition}]", *inner))

    @property
    def is_variable(self) -> bool:
        """Whether its value varies; False for `Repeat` with a fixed number."""
        return not (isinstance(self.marker, Repeat) and isinstance(self.marker.times, int))


ChooseValue = Callable[[PlacedMarker], Any]
"""Returns what replaces a marker: a number for `Int` and `Float`, a bool for `Boolean`, a position
among the values for `Choice`, a number of repetitions for `Repeat`.
"""


def items_of(tree: Any) -> list[tuple[Any, Any]]:
    """Return the items of a mapping or a list with their keys or positions."""
    if isinstance(tree, Mapping):
        return list(tree.items())
    return list(enumerate(tree)) if isinstance(tree, list) else []


def as_marker(tree: Any) -> tuple[type[Marker], Any] | None:
    """Return the type and the arguments of a marker, or None for any other value."""
    if not isinstance(tree, Mapping) or len(tree) != 1:
        return None
    ((name, arguments),) = tree.items()
    marker_type = Marker.members.get(name)
    if marker_type is None or not issubclass(marker_type, Marker):
        return None
    return marker_type, arguments


def choice_options(arguments: Any) -> tuple[Path, list[Any]]:
    """Return the options of a `Choice`, in short or long form, and their path from its parent."""
    if isinstance(arguments, Mapping):
        return (Choice.display_name(), "values"), arguments["values"]
    return (Choice.display_name(),), arguments


def has_misspelled_marker(tree: Any) -> bool:
    """Return whether any value looks like a marker with a misspelled name."""
    items = items_of(tree)
    if isinstance(tree, Mapping) and len(items) == 1:
        name = str(items[0][0])
        is_known = name in Marker.members or find_component(name) is not None
        if not is_known and nearest(name, Marker.members) is not None:
            return True
    return any(has_misspelled_marker(value) for _, value in items)


def find_markers(document: Document) -> tuple[Document, list[PlacedMarker], list[Issue]]:
    """Find the markers of a config, outer before inner.

    Return the document with invalid markers replaced by null, the valid markers, and the issues.
    """
    markers, issues = _find(document.tree, ())
    invalid = {path for path, issue in issues}
    valid = [
        placed
        for placed in markers
        if not any(placed.path[: len(path)] == path for path in invalid)
    ]
    tree = _without(document.tree, (), invalid)
    unreadable = (*document.unreadable, *invalid)
    cleaned = replace(document, tree=tree, unreadable=unreadable)
    return cleaned, valid, [issue for _, issue in issues]


def _find(tree: Any, path: Path) -> tuple[list[PlacedMarker], list[tuple[Path, Issue]]]:
    """Find markers, and issues with the path of their marker."""
    markers: list[PlacedMarker] = []
    issues = [(path, issue) for issue in _issues_next_to_from(tree, path)]
    parsed = as_marker(tree)
    inside = path
    if parsed is not None:
        marker_type, arguments = parsed
        inside = (*path, marker_type.display_name())
        collector = IssueCollector()
        collector.add(*_placement_issues(marker_type, path))
        with collector.collect(*inside):
            markers.append(PlacedMarker(path, marker_type.from_arguments(arguments)))
        marker_issues = collector.issues()
        in_values = (*inside, "values")
        for issue in marker_issues:
            shown = issue
            if not isinstance(arguments, Mapping) and issue.path[: len(in_values)] == in_values:
                # In the short form, `Choice: [...]`, the path has no `values`.
                shown = replace(issue, path=(*inside, *issue.path[len(in_values) :]))
            issues.append((path, shown))
        if marker_type not in (Choice, Repeat):
            return markers, issues
        tree = arguments
    for key, value in items_of(tree):
        if parsed is not None and key == "times":
            continue
        inner_markers, inner_issues = _find(value, (*inside, key))
        markers += inner_markers
        issues += inner_issues
    return markers, issues


def _issues_next_to_from(tree: Any, path: Path) -> Iterator[Issue]:
    """Yield issues about markers next to `from` in a node of a Functional model."""
    is_node = isinstance(tree, Mapping) and "from" in tree and path[:1] == ("model",)
    for key in tree if is_node else ():
        if key == "Repeat":
            yield from _placement_issues(Repeat, path)
        elif key in Marker.members:
            message = f"A search marker, {key}, is next to `from`."
            hint = "Replace the whole node: `{Choice: [{Dense: 8, from: …}, …]}`."
            yield Issue((*path, key), message, hint, at_key=True)


def _placement_issues(marker_type: type[Marker], path: Path) -> Iterator[Issue]:
    name = marker_type.display_name()
    if path[:1] in (("name",), ("tune",), ("extends",)):
        message = f"`{path[0]}` cannot be searched. Received: a search marker, {name}."
        yield Issue(path, message, "Write a plain value.")
    elif marker_type is Repeat and (path[:-1] != _LAYERS or isinstance(path[-1], str)):
        message = "Repeat is allowed only among the layers of a Sequential model."
        yield Issue((*path, name), message, "Put it directly into `model.layers`.", at_key=True)


def _without(tree: Any, path: Path, invalid: set[Path]) -> Any:
    """Replace the values at some paths by None."""
    if path in invalid:
        return None
    if isinstance(tree, Mapping):
        return {key: _without(value, (*path, key), invalid) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_without(value, (*path, index), invalid) for index, value in enumerate(tree)]
    return tree


def fill_markers(document: Document, choose: ChooseValue) -> Document:
    """Return the document with each marker replaced by a value."""
    filler = _Filler(choose)
    tree = filler.fill(document.tree, (), ())
    # Errors inside a filled value are located at the value, not at the key of its marker.
    marks = {
        path: replace(mark, inside=mark.value)
        for path in filler.moves.values()
        if (mark := document.marks.get(path)) is not None
    }
    return replace(document, marks={**document.marks, **marks}).with_tree(tree, filler.moves)


class _Filler:
    """Fills a tree, and records where each value that it moves was written."""

    def __init__(self, choose: ChooseValue) -> None:
        self.moves: dict[Path, Path] = {}
        self._choose = choose
        self._repetition: int | None = None

    def fill(self, tree: Any, new: Path, old: Path) -> Any:
        """Fill the value written at path `old`, which is moved to path `new`."""
        parsed = as_marker(tree)
        if parsed is not None:
            value = self._chosen(parsed, old)
            if parsed[0] is not Choice:
                self.moves[new] = old
                return value
            inside, options = choice_options(parsed[1])
            self.moves[new] = (*old, *inside, value)
            return self.fill(options[value], new, self.moves[new])
        if isinstance(tree, Mapping):
            return {key: self.fill(value, (*new, key), (*old, key)) for key, value in tree.items()}
        return self._fill_list(tree, new, old) if isinstance(tree, list) else tree

    def _fill_list(self, items: list[Any], new: Path, old: Path) -> list[Any]:
        filled: list[Any] = []
        for position, item in enumerate(items):
            path = (*old, position)
            parsed = as_marker(item)
            expanded: list[tuple[Path, Any, int | None]] = [(path, item, None)]
            if parsed is not None and parsed[0] is Repeat:
                expanded = [
                    ((*path, Repeat.display_name(), "layers", index), layer, repetition)
                    for repetition in range(1, self._chosen(parsed, path) + 1)
                    for index, layer in enumerate(parsed[1]["layers"])
                ]
            for source, part, repetition in expanded:
                target = (*new, len(filled))
                self.moves[target] = source
                outer, self._repetition = self._repetition, repetition or self._repetition
                value = self.fill(part, target, source)
                self._repetition = outer
                if value is None and new == _LAYERS and as_marker(part) is not None:
                    # A choice between a layer and null: null removes the layer.
                    del self.moves[target]
                else:
                    filled.append(value)
        return filled

    def _chosen(self, parsed: tuple[type[Marker], Any], path: Path) -> Any:
        marker_type, arguments = parsed
        marker = marker_type.from_arguments(arguments)
        return self._choose(PlacedMarker(path, marker, self._repetition))
