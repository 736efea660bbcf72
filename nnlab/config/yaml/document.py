"""A config as plain data that remembers where each of its values was written.

A config passes through several hands before it is validated: files are merged, `--set` changes a
value, defaults are spread over layers, a search marker is replaced by one of its values. Each step
may move values; the document keeps the way back, so that a fault found at the end points at what
the user wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nnlab.errors import Diagnostic, Location

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mark:
    """Where a value was written.

    Args:
        key: The place of the key, or list position, that leads to it.
        value: The place of the value.
        inside: The place that stands for what is missing inside it: the key of a mapping, else the
            value itself.
    """

    key: Location
    value: Location
    inside: Location


@dataclass(frozen=True)
class Document:
    """Plain data with the place of each value.

    Args:
        tree: Mappings, lists and scalars.
        marks: The place of each value that was written, by its path.
        moves: For values that no longer stand where they were written: new path to old path, last
            step first.
        diagnostics: What is wrong with it and yet leaves data to judge, such as a duplicate key.
        unread: Paths of values that could not be read; nothing at or below them is judged.
        is_part: Whether what it extends could not be read; nothing is judged that is not in it.

    Example:
        >>> key, value = Location("a.yaml", 1, 1), Location("a.yaml", 1, 7)
        >>> document = Document({"seed": 3}, {("seed",): Mark(key, value, value)})
        >>> str(document.locate(("seed",)))
        'a.yaml:1:7'
    """

    tree: Any
    marks: Mapping[Path, Mark] = field(default_factory=dict)
    moves: tuple[Mapping[Path, Path], ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    unread: tuple[Path, ...] = ()
    is_part: bool = False

    def moved(self, tree: Any, moves: Mapping[Path, Path]) -> Document:
        """The document after a step that put values elsewhere.

        Args:
            tree: The data after the step.
            moves: For each subtree that moved, its new path and the path it had.
        """
        return replace(self, tree=tree, moves=(moves, *self.moves))

    def origin(self, path: Path) -> Path:
        """The path under which a value was written, in the words of the user's file."""
        for moves in self.moves:
            for length in range(len(path), 0, -1):
                if path[:length] in moves:
                    path = (*moves[path[:length]], *path[length:])
                    break
        return path

    def locate(self, path: Path, *, at_key: bool = False) -> Location | None:
        """The place of a value, or of the nearest one above it that was written.

        Args:
            path: Its path in `tree`.
            at_key: Whether the key is wanted, not the value.
        """
        written = self.origin(path)
        for length in range(len(written), -1, -1):
            mark = self.marks.get(written[:length])
            if mark is None:
                continue
            if length < len(written):
                return mark.inside
            return mark.key if at_key else mark.value
        return None

    def can_judge(self, path: Path) -> bool:
        """Whether all is known that makes the value at a path right or wrong.

        Args:
            path: Its path in `tree`.
        """
        written = self.origin(path)
        if self.is_part and written not in self.marks:
            return False
        return not any(written[: len(unread)] == unread for unread in self.unread)


def format_path(path: Path) -> str:
    """A path as the command line takes it.

    Args:
        path: Keys and list positions.

    Returns:
        They, joined by dots.

    Example:
        >>> format_path(("model", "layers", 0, "Dense", "units"))
        'model.layers.0.Dense.units'
    """
    return ".".join(str(part) for part in path)


def parse_path(text: str) -> Path:
    """The path that `format_path` writes; numbers are list positions.

    Args:
        text: Keys and list positions, joined by dots.

    Example:
        >>> parse_path("model.layers.0.Dense.units")
        ('model', 'layers', 0, 'Dense', 'units')
    """
    return tuple(int(part) if part.isdecimal() else part for part in text.split("."))
