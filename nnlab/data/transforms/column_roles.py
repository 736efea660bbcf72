"""Roles of a table's columns: feature, target, sample weight, or unused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nnlab.config.schema.data import DataConfig
from nnlab.data.containers.arrays import UNNAMED_INPUT
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.table import ColumnKind, Table
from nnlab.text import did_you_mean, join_names

_UNSUPPORTED_KINDS: dict[ColumnKind, str] = {
    "date": "dates or times",
    "empty": "no values",
    "other": "lists, structures, or bytes that are not UTF-8 text",
}


@dataclass(frozen=True)
class ColumnRoles:
    """The roles of a table's columns.

    Args:
        inputs: The columns of each input.
        targets: The columns of each output's target.
        categorical: Columns that hold categories, even if they are numbers.
        sample_weight: The column of the rows' weights, if any.
    """

    inputs: dict[str, tuple[str, ...]]
    targets: dict[str, tuple[str, ...]]
    categorical: frozenset[str]
    sample_weight: str | None

    def used_columns(self) -> tuple[str, ...]:
        """Return every column with a role, without duplicates."""
        groups = [*self.inputs.values(), *self.targets.values()]
        weight = [self.sample_weight] if self.sample_weight else []
        return tuple(dict.fromkeys([*(name for group in groups for name in group), *weight]))


def assign_roles(
    table: Table, data: DataConfig, outputs: tuple[str, ...], issues: DataIssues
) -> ColumnRoles:
    """Assign the columns' roles from the config, and report missing or unsuitable columns.

    The result is invalid if there are issues.
    """
    targets = _assign_targets(table, data, outputs, issues)
    weight = data.sample_weight
    not_features = {name for names in targets.values() for name in names} | {weight}
    if data.inputs is not None:
        inputs = {name: tuple(columns) for name, columns in data.inputs.items()}
    elif data.features is not None:
        inputs = {UNNAMED_INPUT: tuple(data.features)}
    else:
        # The default target of a built-in table is not a feature, even if the target is another.
        features = [name for name in table.kinds if name not in {*not_features, *table.targets}]
        inputs = {UNNAMED_INPUT: tuple(features)}
    roles = ColumnRoles(inputs, targets, frozenset(data.categorical or ()), weight)
    _check_names(table, roles, data, issues)
    _check_inputs(roles, not_features, data, issues)
    _check_kinds(table, roles, issues)
    return roles


def _assign_targets(
    table: Table, data: DataConfig, outputs: tuple[str, ...], issues: DataIssues
) -> dict[str, tuple[str, ...]]:
    target = data.target if data.target is not None else list(table.targets)
    if not target:
        issues.add_request_error(
            "Expected data.target, the column to predict. Received: none.",
            "data.target",
            f"The columns are: {join_names(list(table.kinds))}.",
        )
        return {}
    if isinstance(target, dict):
        return {output: _as_tuple(columns) for output, columns in target.items()}
    columns = _as_tuple(target)
    if len(outputs) > 1:
        example = ", ".join(f"{output}: {columns[0]}" for output in outputs)
        issues.add_request_error(
            f"Expected a target for each of the outputs {join_names(outputs)}. "
            f"Received: {join_names(columns)} for all of them.",
            "data.target",
            f"Write a mapping: {{{example}}}.",
        )
        return {}
    return {outputs[0]: columns}


def _as_tuple(columns: str | list[str]) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else tuple(columns)


def _check_names(table: Table, roles: ColumnRoles, data: DataConfig, issues: DataIssues) -> None:
    features = "data.features" if data.inputs is None else "data.inputs.{}"
    names_by_path: list[tuple[str, Iterable[str]]] = [
        *((features.format(name), names) for name, names in roles.inputs.items()),
        *(("data.target", names) for names in roles.targets.values()),
        ("data.categorical", sorted(roles.categorical)),
        ("data.sample_weight", filter(None, [roles.sample_weight])),
    ]
    for path, names in names_by_path:
        for name in names:
            if name not in table.kinds:
                message = f"Expected a column name. Received: `{name}`."
                hint = did_you_mean(name, table.kinds, "columns", limit=12)
                issues.add_request_error(message, path, hint)
    unused = sorted(roles.categorical.intersection(table.kinds).difference(roles.used_columns()))
    if unused:
        issues.add_request_error(
            f"Expected columns that are used. Received: {join_names(unused)}.",
            "data.categorical",
            "Remove them here, or add them to the features.",
        )


def _check_inputs(
    roles: ColumnRoles, not_features: set[str | None], data: DataConfig, issues: DataIssues
) -> None:
    """Report inputs without columns, target or weight columns among them, and duplicates."""
    path = "data.features" if data.inputs is None else "data.inputs"
    for name, columns in roles.inputs.items():
        if not columns:
            message = "Expected at least one feature column. Received: none besides the target."
            issues.add_data_error(message, path)
        leaks = [column for column in columns if column in not_features]
        if leaks:
            issues.add_request_error(
                f"Expected no target or weight among the features. Received: {join_names(leaks)}.",
                path,
                "Remove it: the model would see the answer.",
            )
        _check_duplicates(columns, f"the input `{name}`", path, issues)
    for output, columns in roles.targets.items():
        _check_duplicates(columns, f"the target of `{output}`", "data.target", issues)


def _check_duplicates(columns: tuple[str, ...], place: str, path: str, issues: DataIssues) -> None:
    duplicates = sorted({column for column in columns if columns.count(column) > 1})
    if duplicates:
        issues.add_request_error(
            f"Expected each column once in {place}. "
            f"Received: {join_names(duplicates)} more than once.",
            path,
            "Remove the duplicates.",
        )


def _check_kinds(table: Table, roles: ColumnRoles, issues: DataIssues) -> None:
    for name in roles.used_columns():
        kind = table.kinds.get(name, "number")
        if kind in _UNSUPPORTED_KINDS:
            issues.add_data_error(
                f"Expected numbers, text or bools in the column `{name}`. "
                f"Received: {_UNSUPPORTED_KINDS[kind]}.",
                hint="Convert it, or leave it out of data.features.",
            )
    numeric = {
        name: ("data.target", "Give a class target a separate output.")
        for columns in roles.targets.values()
        if len(columns) > 1
        for name in columns
    }
    if roles.sample_weight:
        numeric[roles.sample_weight] = ("data.sample_weight", "Use a column of numbers.")
    for name, (path, hint) in numeric.items():
        if table.kinds.get(name) == "text":
            message = f"Expected numbers in the column `{name}`. Received: text."
            issues.add_data_error(message, path, hint)
