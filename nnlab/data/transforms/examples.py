"""Rows as the data hold them, read and checked, with nothing learnt from them yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.config.schema.data import DataConfig
from nnlab.data.containers.arrays import Arrays
from nnlab.data.containers.categorical import Categorical, in_other_notation, spelt_number
from nnlab.data.containers.issues import DataIssues, rows_text
from nnlab.data.containers.storage import Storage
from nnlab.data.containers.table import Table
from nnlab.data.transforms.array_features import ArrayFeatures
from nnlab.data.transforms.columns import Roles, assign_roles
from nnlab.data.transforms.features import Features
from nnlab.data.transforms.table_features import TableFeatures, most_features
from nnlab.data.transforms.target_column import TargetColumn
from nnlab.text import did_you_mean, join_names


@dataclass(frozen=True)
class Examples:
    """All rows of the data.

    Args:
        inputs: The features of each input.
        targets: The target of each output.
        sample_weight: Each row's weight, [rows], NaN where it is missing; None: no weights.
        rows: Number of rows.
        test_rows: How many of the last rows the data themselves keep for the test.
    """

    inputs: list[Features]
    targets: list[TargetColumn]
    sample_weight: NDArray[np.float64] | None
    rows: int
    test_rows: int


def read_table(
    table: Table, data: DataConfig, outputs: tuple[str, ...], issues: DataIssues, storage: Storage
) -> Examples:
    """Read the columns that the config uses, and no others.

    Args:
        table: The table.
        data: The config's `data` section.
        outputs: Names of the model's outputs.
        issues: Takes what is wrong with the columns' values.
        storage: Takes the columns.

    Returns:
        The rows.

    Raises:
        DataError: If columns are not there, or hold what cannot be used.
        RequestError: Likewise, where only the config is wrong.
        RunFailedError: They are too large for memory, and no disk has room for them.
    """
    if table.rows == 0:
        issues.data("Expected rows. Received: none, only the names of columns.")
    roles = assign_roles(table, data, outputs, issues)
    issues.raise_if_any()
    named = _read_names(table, roles, storage)
    for column, codes in named.items():
        if column not in roles.categorical:
            _check_text(column, codes, issues)
    issues.raise_if_any()
    width = sum(most_features(columns, named, data.encoding) for columns in roles.inputs.values())
    size = table.rows * width * np.dtype(np.float32).itemsize
    storage.expect(size, on_disk=2 * size)  # as they are read, and as they are arranged or encoded
    inputs = []
    for name, columns in roles.inputs.items():
        numbers = [column for column in columns if column not in named]
        matrix = storage.empty((table.rows, len(numbers)), np.float32)
        table.fill(matrix, numbers)
        categories = {column: named[column] for column in columns if column in named}
        inputs.append(TableFeatures(name, columns, matrix, categories, data.encoding))
    targets = [
        TargetColumn(output, columns, _read_target(table, columns, named, storage))
        for output, columns in roles.targets.items()
    ]
    weight = table.numbers(roles.sample_weight) if roles.sample_weight else None
    return Examples([*inputs], targets, weight, table.rows, table.test_rows)


def read_arrays(
    arrays: Arrays, data: DataConfig, outputs: tuple[str, ...], issues: DataIssues
) -> Examples:
    """Match arrays with the model's outputs.

    Args:
        arrays: The arrays.
        data: The config's `data` section.
        outputs: Names of the model's outputs.
        issues: Takes what does not match.

    Returns:
        The rows.

    Raises:
        DataError: If the arrays have no rows.
        RequestError: If the config names columns, which arrays do not have, or other outputs.
    """
    for key in ("target", "features", "inputs", "categorical"):
        if getattr(data, key) is not None:
            message = "Expected a table, CSV or Parquet, for names of columns. Received: arrays."
            issues.request(message, f"data.{key}", "Remove it; an NPZ file names arrays x.NAME.")
    if data.missing not in {"error", "drop"}:
        message = f"Expected error or drop for arrays. Received: missing={data.missing}."
        issues.request(message, "data.missing", "Fill them before saving the file.")
    if data.sample_weight is not None and arrays.sample_weight is None:
        message = f"Expected data with weights. Received: sample_weight={data.sample_weight!r}."
        issues.request(message, "data.sample_weight", "Remove it.")
    matched = _match_targets(arrays, outputs, issues)
    issues.raise_if_any()
    rows = len(next(iter(arrays.inputs.values())))
    if rows == 0:
        issues.data("Expected rows. Received: none.")
        issues.raise_if_any()
    return Examples(
        [ArrayFeatures(name, array) for name, array in arrays.inputs.items()],
        matched,
        arrays.sample_weight,
        rows,
        arrays.test_rows,
    )


def _match_targets(
    arrays: Arrays, outputs: tuple[str, ...], issues: DataIssues
) -> list[TargetColumn]:
    if len(outputs) == len(arrays.targets) == 1:
        ((name, values),) = arrays.targets.items()
        return [TargetColumn(outputs[0], (name,), values)]
    for name in outputs:
        if name not in arrays.targets:
            message = f"Expected a target for the output `{name}`. Received: none of that name."
            hint = did_you_mean(name, arrays.targets, "targets of the data", limit=12)
            issues.request(message, "model.outputs", hint)
    return [
        TargetColumn(name, (name,), arrays.targets[name])
        for name in outputs
        if name in arrays.targets
    ]


def _read_names(table: Table, roles: Roles, storage: Storage) -> dict[str, Categorical]:
    """The columns whose values are names, each a row of one array."""
    columns = [
        column
        for column in roles.used()
        if column in roles.categorical or table.kinds[column] == "text"
    ]
    held = storage.empty((len(columns), table.rows), np.int32)
    named = {}
    for column, row in zip(columns, held, strict=True):
        codes = table.categories(column)
        row[:] = codes.codes
        named[column] = Categorical(row, codes.names)
    return named


def _read_target(
    table: Table, columns: tuple[str, ...], named: dict[str, Categorical], storage: Storage
) -> Categorical | NDArray[Any]:
    name, *others = columns
    if others:
        matrix = storage.empty((table.rows, len(columns)), np.float64)
        table.fill(matrix, columns)
        return matrix
    if table.kinds[name] == "boolean":
        return table.codes(name)
    return named[name] if name in named else table.numbers(name)


def _check_text(name: str, codes: Categorical, issues: DataIssues) -> None:
    """Note a column of numbers that a few texts, or another notation, turned into text."""
    words = np.array([spelt_number(text) is None for text in codes.names], np.bool_)
    counts = codes.counts()
    texts = [codes.names[position] for position in np.flatnonzero(words)]
    if texts and all(map(in_other_notation, texts)):
        issues.data(
            f"Expected numbers in the column `{name}`. "
            f"Received: {join_names([repr(text) for text in texts], limit=3)}.",
            hint="Write numbers as 1234.5 or 1.2e3; if these name categories, list the column in "
            "data.categorical.",
        )
        return
    if not words.any() or counts[words].sum() >= counts[~words].sum():
        return
    is_word = np.append(words, [False])  # the last stands for a missing value
    rows = np.flatnonzero(is_word[codes.codes])
    shown = join_names([repr(text) for text in texts], limit=3)
    issues.data(
        f"Expected numbers in the column `{name}`. Received: {shown} in {rows_text(rows)}.",
        hint="Correct them, or empty these cells and set data.missing; if it names categories, "
        "list it in data.categorical.",
    )
