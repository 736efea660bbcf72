"""What a comparison file plans: each variant's name and changes, before any of it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from nnlab.config.comparison.grid import combinations
from nnlab.config.diagnostics.suggestions import shown
from nnlab.config.schema.comparison import Changes
from nnlab.config.yaml.document import Document, Path, format_path
from nnlab.config.yaml.extends import resolve_paths
from nnlab.config.yaml.overrides import assign, assignment_path, override, split_assignment
from nnlab.config.yaml.parser import read_yaml
from nnlab.errors import ConfigError, Diagnostic, Location
from nnlab.text import join_names


@dataclass(frozen=True)
class VariantPlan:
    """A variant as the file has it.

    Args:
        name: Its name, the grid's part included.
        file: The whole config that it is; None for the base.
        changes: Dotted keys and where in the comparison file their values stand, to be applied in
            this order.
        at: Where the variant itself stands in the file.
    """

    name: str
    file: str | None
    changes: tuple[tuple[Any, Path], ...]
    at: Path


def variant_plans(tree: Mapping[str, Any]) -> Iterator[VariantPlan]:
    """The variants of a comparison file, in its order; each combination of a grid is one.

    Args:
        tree: What the file holds.

    Yields:
        The plans, without those whose form is wrong.

    Example:
        >>> grid = {"training.epochs": [1, 2]}
        >>> [plan.name for plan in variant_plans({"variants": {"a": {}, "b": None}, "grid": grid})]
        ['a,epochs=1', 'a,epochs=2', 'b,epochs=1', 'b,epochs=2']
    """
    common = [(key, ("changes", key)) for key in _mapping(tree, "changes")]
    grid = {
        key: values
        for key, values in _mapping(tree, "grid").items()
        if isinstance(key, str) and isinstance(values, list) and values
    }
    for name, said in (_mapping(tree, "variants") or {"": None}).items():
        if not isinstance(said, Mapping | str | None):
            continue
        at: Path = ("variants", name)
        own = [(key, (*at, key)) for key in said] if isinstance(said, Mapping) else []
        for label, positions in combinations(grid):
            chosen = [
                (key, ("grid", key, position))
                for key, position in zip(grid, positions, strict=True)
            ]
            display_name = ",".join(filter(None, [str(name), label]))
            if display_name:
                file = said if isinstance(said, str) else None
                yield VariantPlan(
                    display_name, file, (*common, *own, *chosen), at if name else ("grid",)
                )


def listed(some: Sequence[VariantPlan], plans: Sequence[VariantPlan]) -> str:
    """Some variants by name, the first few of many.

    Args:
        some: Those to name; where all that the grid makes of one are among them, it is named alone.
        plans: All variants.

    Example:
        >>> plans = list(variant_plans({"grid": {"training.epochs": [1, 2, 3, 4, 5]}}))
        >>> listed(plans[:1], plans), listed(plans[:4], plans)
        ('variant `epochs=1`', 'variants `epochs=1`, `epochs=2`, `epochs=3` and 1 more')
    """
    whole = {plan.at for plan in plans} - {plan.at for plan in plans if plan not in some}
    names = list(
        dict.fromkeys(str(plan.at[-1]) if plan.at in whole else plan.name for plan in some)
    )
    quoted = join_names([f"`{name}`" for name in names], _NAMED)
    return f"variant{'s' * (len(names) > 1)} {quoted}"


def _mapping(tree: Mapping[str, Any], key: str) -> Mapping[Any, Any]:
    value = tree.get(key)
    return value if isinstance(value, Mapping) else {}


# No variant changes these: the comparison has its own.
OWN = {"seed": "seeds", "name": "name", "extends": "base"}


class VariantChanges:
    """A config, and what has been changed in it so far.

    Args:
        document: The config as it was.

    Example:
        >>> changing = VariantChanges(Document({"training": {"epochs": 3}}))
        >>> changing.override("--device training.device=cpu")
        >>> changing.document.tree, changing.changes
        ({'training': {'epochs': 3, 'device': 'cpu'}}, {'training.device': 'cpu'})
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.changes: Changes = {}

    def assign(self, key: str, path: Path, value: Document, folder: FilePath) -> None:
        """Change a value.

        Args:
            key: The dotted key, as it was written.
            path: Its path.
            value: The value.
            folder: Where a file that the value names is looked for.

        Raises:
            ConfigError: The path leads nowhere.
        """
        self.document = resolve_paths(assign(self.document, path, value), folder)
        self._note(key, path, value, folder)

    def override(self, assignment: str) -> None:
        """Change a value from the command line.

        Args:
            assignment: As `--set` takes it. The seeds of a comparison follow from `seed`: that is
                changed, and is yet no change of a variant.

        Raises:
            ConfigError: It cannot be read, leads nowhere, or is no variant's to change.
        """
        flag, key, text = split_assignment(assignment)
        path = assignment_path(assignment)
        if path == ("name",):
            raise no_variants_to_change(key, key, Location(flag))
        self.document = resolve_paths(override(self.document, assignment), FilePath.cwd())
        if path != ("seed",):
            self._note(key, path, read_yaml(text or "", flag), FilePath.cwd())

    def _note(self, key: str, path: Path, value: Document, folder: FilePath) -> None:
        """Note a change as the last, in words that mean the same in a file of another folder."""
        tree = resolve_paths(assign(Document({}), path, value), folder).tree
        for part in path:
            tree = tree[part]
        self.changes.pop(key, None)
        self.changes[key] = tree


def no_variants_to_change(key: str, path: str, where: Location | None) -> ConfigError:
    """The error for a key that the comparison itself has, for all of its variants.

    Args:
        key: One of `OWN`.
        path: Where it was said, for the message.
        where: Its place.
    """
    message = f"`{key}` is no variant's to change."
    hint = f"Say it at the top of the comparison, as `{OWN[key]}`."
    return ConfigError((Diagnostic(message, path, where, hint),))


_NAMED = 3


@dataclass(frozen=True)
class NestedChange:
    """A section that a change replaces by less than it was.

    Args:
        section: The section's key.
        value: What takes its place.
        where: Where the change stands.
        at: Its path in the comparison file, dotted.
    """

    section: str
    value: Mapping[Any, Any]
    where: Location | None
    at: str

    def instead_of(self, diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
        """The faults of a config with this change: what the change leaves out is one fault.

        Args:
            diagnostics: As they are told of the config.

        Returns:
            This one first, and those that are not about what is left out; the same as before where
            nothing that is left out is missed.
        """
        missed = [diagnostic for diagnostic in diagnostics if self._is_left_out(diagnostic.path)]
        if not missed:
            return list(diagnostics)
        changes = [
            f"`{format_path((self.section, *path))}: {shown(value)}`"
            for path, value in _leaves(self.value)
        ]
        more = ", …" if len(changes) > _NAMED else ""
        written = f"{', '.join(changes[:_NAMED])}{more}"
        message = f"A change replaces the whole of `{self.section}`."
        own = Diagnostic(message, self.at, self.where, f"Write {written}.")
        return [own, *(diagnostic for diagnostic in diagnostics if diagnostic not in missed)]

    def _is_left_out(self, path: str) -> bool:
        section, _, rest = path.partition(".")
        keys = {str(key) for key in self.value}
        return section == self.section and rest.partition(".")[0] not in keys


def nested_change(
    document: Document, key: Any, value: Any, at: Path, where: Location | None
) -> NestedChange | None:
    """A change that replaces a section of a config by less than it was; None for any other.

    Args:
        document: The config before the change.
        key: The change's key.
        value: Its value.
        at: Its path in the comparison file.
        where: Its place there.

    Example:
        >>> base = Document({"training": {"loss": "mse", "epochs": 9}})
        >>> change = nested_change(base, "training", {"epochs": 3}, (), None)
        >>> diagnostic = Diagnostic("Key `loss` is missing.", "training.loss")
        >>> change.instead_of([diagnostic])[0].hint
        'Write `training.epochs: 3`.'
    """
    old = document.tree.get(key) if isinstance(document.tree, Mapping) else None
    if not (isinstance(old, Mapping) and isinstance(value, Mapping) and value):
        return None
    return (
        NestedChange(str(key), value, where, format_path(at)) if old.keys() - value.keys() else None
    )


def _leaves(tree: Mapping[Any, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The values that a change means, each with its path: those that are no mappings."""
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value
