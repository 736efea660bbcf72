"""A config as plain data that remembers where each of its values was written; data as YAML.

Before a config is validated, files are merged, `--set` changes values, layer defaults are applied,
and search markers are replaced by values. Each step may move values. The document records these
moves: an error found at the end is located at what the user wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from nnlab.errors import Diagnostic, Location

if TYPE_CHECKING:
    from nnlab.config.schema.experiment import Experiment

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mark:
    """The location of a value.

    Args:
        key: The location of its key or list position.
        value: The location of the value.
        inside: The location reported for what is missing inside it: the key of a mapping, or the
            value itself.
    """

    key: Location
    value: Location
    inside: Location


@dataclass(frozen=True)
class Document:
    """Plain data with the location of each value.

    Args:
        tree: Mappings, lists and scalars.
        marks: The location of each value that was written, by path.
        moves: The old path of each moved value by its new path, one mapping per step, last step
            first.
        diagnostics: Errors that leave the rest of the data usable, such as a duplicate key.
        unreadable: Paths of values that could not be read. Nothing at or below them is validated.
        is_partial: Whether a base could not be read. Only what was written is validated.

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
    unreadable: tuple[Path, ...] = ()
    is_partial: bool = False

    def with_tree(self, tree: Any, moves: Mapping[Path, Path]) -> Document:
        """Return the document with other data, to which its values were moved."""
        return replace(self, tree=tree, moves=(moves, *self.moves))

    def origin(self, path: Path) -> Path:
        """Return the path at which a value was written."""
        for moves in self.moves:
            for length in range(len(path), 0, -1):
                if path[:length] in moves:
                    path = (*moves[path[:length]], *path[length:])
                    break
        return path

    def locate(self, path: Path, *, at_key: bool = False) -> Location | None:
        """Return the location of a value, or of its nearest parent that was written."""
        written = self.origin(path)
        for length in range(len(written), -1, -1):
            mark = self.marks.get(written[:length])
            if mark is None:
                continue
            if length < len(written):
                return mark.inside
            return mark.key if at_key else mark.value
        return None

    def can_validate(self, path: Path) -> bool:
        """Return whether enough was read to validate the value at a path."""
        written = self.origin(path)
        if self.is_partial and written not in self.marks:
            return False
        return not any(written[: len(unreadable)] == unreadable for unreadable in self.unreadable)


def format_path(path: Path) -> str:
    """Join the parts of a path with dots, as the command line takes it."""
    return ".".join(str(part) for part in path)


def parse_path(text: str) -> Path:
    """Split a dotted path; numbers are list positions."""
    return tuple(int(part) if part.isdecimal() else part for part in text.split("."))


def dump_config(experiment: Experiment) -> str:
    """Return an experiment as YAML."""
    return dump_yaml(experiment.to_tree())


def dump_yaml(tree: Any) -> str:
    """Return plain data as YAML; collections of scalars are written on one line."""
    import yaml

    return yaml.safe_dump(
        tree,
        sort_keys=False,
        default_flow_style=None,  # flow style for collections of scalars only
        allow_unicode=True,
        width=120,
    )
