"""The variants of a comparison file: their names, their changes, and how a change is applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from nnlab.config.comparison.grid import combinations
from nnlab.config.diagnostics import format_value
from nnlab.config.schema.comparison import Changes
from nnlab.config.yaml.document import Document, Path, format_path
from nnlab.config.yaml.extends import resolve_paths
from nnlab.config.yaml.overrides import assign, assignment_path, override, split_assignment
from nnlab.config.yaml.parser import read_yaml
from nnlab.errors import ConfigError, Diagnostic, Location
from nnlab.text import join_names

# Keys that variants cannot change, and the key of the comparison that sets them.
RESERVED_KEYS = {"seed": "seeds", "name": "name", "extends": "base"}

# How many variants or changes a message lists.
_MAX_LISTED = 3


@dataclass(frozen=True)
class VariantPlan:
    """A variant as written in the file.

    Args:
        name: Its name, including the part of the grid.
        file: The file of its config. None: the base.
        changes: Dotted keys with the paths of their values in the file, in order of application.
        path: The path of the variant in the file.
    """

    name: str
    file: str | None
    changes: tuple[tuple[Any, Path], ...]
    path: Path


def plan_variants(tree: Mapping[str, Any]) -> Iterator[VariantPlan]:
    """Yield the variants of a comparison file in order, each once per combination of the grid."""
    common = [(key, ("changes", key)) for key in _mapping(tree, "changes")]
    grid = {
        key: values
        for key, values in _mapping(tree, "grid").items()
        if isinstance(key, str) and isinstance(values, list) and values
    }
    for name, value in (_mapping(tree, "variants") or {"": None}).items():
        if not isinstance(value, Mapping | str | None):
            continue
        path: Path = ("variants", name)
        own = [(key, (*path, key)) for key in value] if isinstance(value, Mapping) else []
        file = value if isinstance(value, str) else None
        for label, positions in combinations(grid):
            from_grid = [
                (key, ("grid", key, position))
                for key, position in zip(grid, positions, strict=True)
            ]
            full_name = ",".join(filter(None, [str(name), label]))
            if full_name:
                changes = (*common, *own, *from_grid)
                yield VariantPlan(full_name, file, changes, path if name else ("grid",))


def _mapping(tree: Mapping[str, Any], key: str) -> Mapping[Any, Any]:
    value = tree.get(key)
    return value if isinstance(value, Mapping) else {}


def format_variants(selected: Sequence[VariantPlan], plans: Sequence[VariantPlan]) -> str:
    """Name the selected variants, one with all its combinations of the grid by its own name."""
    complete = {plan.path for plan in plans} - {plan.path for plan in plans if plan not in selected}
    names = list(
        dict.fromkeys(
            str(plan.path[-1]) if plan.path in complete else plan.name for plan in selected
        )
    )
    quoted = join_names([f"`{name}`" for name in names], _MAX_LISTED)
    return f"variant{'s' * (len(names) > 1)} {quoted}"


class VariantChanges:
    """Applies changes to a config and records them by dotted key.

    Example:
        >>> changes = VariantChanges(Document({"training": {"epochs": 3}}))
        >>> changes.override("--device training.device=cpu")
        >>> changes.document.tree, changes.applied
        ({'training': {'epochs': 3, 'device': 'cpu'}}, {'training.device': 'cpu'})
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.applied: Changes = {}

    def assign(self, key: str, path: Path, value: Document, folder: FilePath) -> None:
        """Set a value from a file in a folder."""
        self.document = resolve_paths(assign(self.document, path, value), folder)
        self._record(key, path, value, folder)

    def override(self, assignment: str) -> None:
        """Set a value from the command line."""
        flag, key, text = split_assignment(assignment)
        path = assignment_path(assignment)
        if path == ("name",):
            raise reserved_key_error(key, key, Location(flag))
        self.document = resolve_paths(override(self.document, assignment), FilePath.cwd())
        if path != ("seed",):
            self._record(key, path, read_yaml(text or "", flag), FilePath.cwd())

    def _record(self, key: str, path: Path, value: Document, folder: FilePath) -> None:
        """Record a change as the last one, with absolute file paths."""
        tree = resolve_paths(assign(Document({}), path, value), folder).tree
        for part in path:
            tree = tree[part]
        self.applied.pop(key, None)
        self.applied[key] = tree


def reserved_key_error(key: str, path: str, location: Location | None) -> ConfigError:
    """Return the error for a variant that changes a key of the comparison."""
    message = f"A variant cannot change `{key}`."
    hint = f"Set `{RESERVED_KEYS[key]}` at the top level of the comparison."
    return ConfigError((Diagnostic(message, path, location, hint),))


@dataclass(frozen=True)
class NestedChange:
    """A change that replaces a whole section and drops some of its keys.

    Args:
        section: The key of the section.
        value: The new section.
        location: The location of the change.
        path: The dotted path of the change in the comparison file.
    """

    section: str
    value: Mapping[Any, Any]
    location: Location | None
    path: str

    def merge_errors(self, diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Merge the errors about dropped keys into one about the change, before the others."""
        kept = {str(key) for key in self.value}
        missing = []
        for diagnostic in diagnostics:
            section, _, rest = diagnostic.path.partition(".")
            if section == self.section and rest.partition(".")[0] not in kept:
                missing.append(diagnostic)
        if not missing:
            return list(diagnostics)
        assignments = [
            f"`{format_path((self.section, *path))}: {format_value(value)}`"
            for path, value in _leaves(self.value)
        ]
        more = ", …" if len(assignments) > _MAX_LISTED else ""
        message = f"This change replaces the whole section `{self.section}`."
        hint = f"Write {', '.join(assignments[:_MAX_LISTED])}{more}."
        summary = Diagnostic(message, self.path, self.location, hint)
        return [summary, *(diagnostic for diagnostic in diagnostics if diagnostic not in missing)]


def find_nested_change(
    document: Document, key: Any, value: Any, path: Path, location: Location | None
) -> NestedChange | None:
    """Return the change if it replaces a section of a config and drops keys; otherwise None."""
    section = document.tree.get(key) if isinstance(document.tree, Mapping) else None
    if not (isinstance(section, Mapping) and isinstance(value, Mapping) and value):
        return None
    if not section.keys() - value.keys():
        return None
    return NestedChange(str(key), value, location, format_path(path))


def _leaves(tree: Mapping[Any, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the values that are not mappings, each with its path."""
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value
