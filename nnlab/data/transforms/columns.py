"""Decides what each column of a table is for: an input, a target, a weight, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nnlab.config.schema.data import DataConfig
from nnlab.data.containers.arrays import UNNAMED_INPUT
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.table import ColumnKind, Table
from nnlab.text import did_you_mean, join_names

_UNFIT: dict[ColumnKind, str] = {
    "date": "dates or times",
    "empty": "no value at all",
    "other": "lists, structures, or bytes that are no text in UTF-8",
}


@dataclass(frozen=True)
class Roles:
    """What the columns of a table are for.

    Args:
        inputs: The columns of each input.
        targets: The columns of each output's target.
        categorical: Columns whose values are categories, whatever they hold.
        sample_weight: The column of the rows' weights, if any.
    """

    inputs: dict[str, tuple[str, ...]]
    targets: dict[str, tuple[str, ...]]
    categorical: frozenset[str]
    sample_weight: str | None

    def used(self) -> tuple[str, ...]:
        """Every column that is for something, once."""
        groups = [*self.inputs.values(), *self.targets.values()]
        weight = [self.sample_weight] if self.sample_weight else []
        return tuple(dict.fromkeys([*(name for group in groups for name in group), *weight]))


def assign_roles(
    table: Table, data: DataConfig, outputs: tuple[str, ...], issues: DataIssues
) -> Roles:
    """Work out what each column is for from the config.

    Args:
        table: The table.
        data: The config's `data` section.
        outputs: Names of the model's outputs.
        issues: Takes columns that are not there, or cannot be what they are asked to be.

    Returns:
        The roles; of no use where faults were found.
    """
    targets = _targets(table, data, outputs, issues)
    weight = data.sample_weight
    not_features = {name for names in targets.values() for name in names} | {weight}
    if data.inputs is not None:
        inputs = {name: tuple(columns) for name, columns in data.inputs.items()}
    elif data.features is not None:
        inputs = {UNNAMED_INPUT: tuple(data.features)}
    else:
        # A built-in table's own target is no feature even where another column is predicted.
        others = [name for name in table.kinds if name not in {*not_features, *table.targets}]
        inputs = {UNNAMED_INPUT: tuple(others)}
    roles = Roles(inputs, targets, frozenset(data.categorical or ()), weight)
    _check_there(table, roles, data, issues)
    _check_apart(roles, not_features, data, issues)
    _check_kinds(table, roles, issues)
    return roles


def _targets(
    table: Table, data: DataConfig, outputs: tuple[str, ...], issues: DataIssues
) -> dict[str, tuple[str, ...]]:
    target = data.target if data.target is not None else list(table.targets)
    if not target:
        issues.request(
            "Expected data.target, the column to predict. Received: none.",
            "data.target",
            f"The columns are: {join_names(list(table.kinds))}.",
        )
        return {}
    if isinstance(target, dict):
        return {output: _listed(columns) for output, columns in target.items()}
    if len(outputs) > 1:
        example = ", ".join(f"{output}: {_listed(target)[0]}" for output in outputs)
        issues.request(
            f"Expected a target for each of the outputs {join_names(outputs)}. "
            f"Received: {join_names(_listed(target))} for all of them.",
            "data.target",
            f"Write a mapping: {{{example}}}.",
        )
        return {}
    return {outputs[0]: _listed(target)}


def _listed(columns: str | list[str]) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else tuple(columns)


def _check_there(table: Table, roles: Roles, data: DataConfig, issues: DataIssues) -> None:
    features = "data.features" if data.inputs is None else "data.inputs.{}"
    places: list[tuple[str, Iterable[str]]] = [
        *((features.format(name), names) for name, names in roles.inputs.items()),
        *(("data.target", names) for names in roles.targets.values()),
        ("data.categorical", sorted(roles.categorical)),
        ("data.sample_weight", filter(None, [roles.sample_weight])),
    ]
    for path, names in places:
        for name in names:
            if name not in table.kinds:
                message = f"Expected the name of a column. Received: `{name}`."
                issues.request(message, path, did_you_mean(name, table.kinds, "columns", limit=12))
    idle = sorted(roles.categorical.intersection(table.kinds).difference(roles.used()))
    if idle:
        issues.request(
            f"Expected columns that are used. Received: {join_names(idle)}.",
            "data.categorical",
            "Remove them here, or add them to the features.",
        )


def _check_apart(
    roles: Roles, not_features: set[str | None], data: DataConfig, issues: DataIssues
) -> None:
    path = "data.features" if data.inputs is None else "data.inputs"
    for name, columns in roles.inputs.items():
        if not columns:
            message = "Expected a column to learn from. Received: none besides the target."
            issues.data(message, path)
        leaks = [column for column in columns if column in not_features]
        if leaks:
            issues.request(
                f"Expected features that are no target or weight. Received: {join_names(leaks)}.",
                path,
                "Remove it: the model would be shown the answer.",
            )
        _check_once(columns, f"the input `{name}`", path, issues)
    for output, columns in roles.targets.items():
        _check_once(columns, f"the target of `{output}`", "data.target", issues)


def _check_once(columns: tuple[str, ...], where: str, path: str, issues: DataIssues) -> None:
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        message = f"Expected each column once in {where}. Received twice: {join_names(twice)}."
        issues.request(message, path, "Remove one of them.")


def _check_kinds(table: Table, roles: Roles, issues: DataIssues) -> None:
    kinds: Mapping[str, ColumnKind] = table.kinds
    for name in roles.used():
        kind = kinds.get(name, "number")
        if kind in _UNFIT:
            issues.data(
                f"Expected numbers, text or bools in the column `{name}`. "
                f"Received: {_UNFIT[kind]}.",
                hint="Convert it, or leave it out by data.features.",
            )
    wanted = {
        name: ("data.target", "Give a target of classes an output of its own.")
        for columns in roles.targets.values()
        if len(columns) > 1
        for name in columns
    }
    if roles.sample_weight:
        wanted[roles.sample_weight] = ("data.sample_weight", "Name a column of numbers.")
    for name, (path, hint) in wanted.items():
        if kinds.get(name) == "text":
            issues.data(f"Expected numbers in the column `{name}`. Received: text.", path, hint)
