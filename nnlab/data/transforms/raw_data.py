"""Raw data: rows as read from a table or arrays, before anything is learned from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.config.schema.data import DataConfig
from nnlab.data.containers.arrays import Arrays
from nnlab.data.containers.categorical import Categorical, is_formatted_number, parse_number
from nnlab.data.containers.issues import DataIssues, format_row_numbers
from nnlab.data.containers.storage import Storage
from nnlab.data.containers.table import Table
from nnlab.data.transforms.column_roles import ColumnRoles, assign_roles
from nnlab.data.transforms.features import (
    ArrayFeatures,
    Features,
    TableFeatures,
    max_features,
)
from nnlab.data.transforms.targets import TargetColumn
from nnlab.text import did_you_mean, join_names


@dataclass(frozen=True)
class RawData:
    """All rows of the data, unsplit.

    Args:
        inputs: The features of each input.
        targets: The target of each output.
        sample_weight: `(rows,)`: each row's weight, NaN if missing; None without weights.
        rows: The number of rows.
        test_rows: The number of last rows that the data define as test rows.
    """

    inputs: list[Features]
    targets: list[TargetColumn]
    sample_weight: NDArray[np.float64] | None
    rows: int
    test_rows: int


def read_table(
    table: Table, data: DataConfig, outputs: tuple[str, ...], issues: DataIssues, storage: Storage
) -> RawData:
    """Read the columns that the config uses.

    Raises a `DataError` or `RequestError` for unsuitable columns, and a `RunFailedError` if the
    columns fit neither in memory nor on disk.
    """
    if table.rows == 0:
        issues.add_data_error("Expected rows. Received: none, only column names.")
    roles = assign_roles(table, data, outputs, issues)
    issues.raise_if_any()
    categorical = _read_categorical(table, roles, storage)
    for name, column in categorical.items():
        if name not in roles.categorical:
            _check_text(name, column, issues)
    issues.raise_if_any()
    width = sum(
        max_features(columns, categorical, data.encoding) for columns in roles.inputs.values()
    )
    size = table.rows * width * np.dtype(np.float32).itemsize
    storage.check_disk_space(size, on_disk=2 * size)  # as read, and as arranged or encoded
    inputs = []
    for name, columns in roles.inputs.items():
        numeric = [column for column in columns if column not in categorical]
        numbers = storage.empty((table.rows, len(numeric)), np.float32)
        table.fill(numbers, numeric)
        own = {column: categorical[column] for column in columns if column in categorical}
        inputs.append(TableFeatures(name, columns, numbers, own, data.encoding))
    targets = [
        TargetColumn(output, columns, _read_target(table, columns, categorical, storage))
        for output, columns in roles.targets.items()
    ]
    weight = table.read_numbers(roles.sample_weight) if roles.sample_weight else None
    return RawData([*inputs], targets, weight, table.rows, table.test_rows)


def read_arrays(
    arrays: Arrays, data: DataConfig, outputs: tuple[str, ...], issues: DataIssues
) -> RawData:
    """Match arrays with the model's outputs.

    Raises a `RequestError` if they do not match the config, and a `DataError` if they have no rows.
    """
    for key in ("target", "features", "inputs", "categorical"):
        if getattr(data, key) is not None:
            issues.add_request_error(
                f"Expected a CSV or Parquet table, as {key} names columns. Received: arrays.",
                f"data.{key}",
                "Remove it; in an NPZ file, name the arrays x.NAME.",
            )
    if data.missing not in {"error", "drop"}:
        message = f"Expected error or drop for arrays. Received: missing={data.missing}."
        hint = "Fill missing values before you save the file."
        issues.add_request_error(message, "data.missing", hint)
    if data.sample_weight is not None and arrays.sample_weight is None:
        message = f"Expected data with weights. Received: sample_weight={data.sample_weight!r}."
        issues.add_request_error(message, "data.sample_weight", "Remove it.")
    names = dict(zip(outputs, outputs, strict=True))
    if len(outputs) == len(arrays.targets) == 1:
        names = {outputs[0]: next(iter(arrays.targets))}
    for name in names.values():
        if name not in arrays.targets:
            message = f"Expected a target for the output `{name}`. Received: none with that name."
            hint = did_you_mean(name, arrays.targets, "targets of the data", limit=12)
            issues.add_request_error(message, "model.outputs", hint)
    issues.raise_if_any()
    rows = len(next(iter(arrays.inputs.values())))
    if rows == 0:
        issues.add_data_error("Expected rows. Received: none.")
        issues.raise_if_any()
    return RawData(
        [ArrayFeatures(name, array) for name, array in arrays.inputs.items()],
        [TargetColumn(output, (name,), arrays.targets[name]) for output, name in names.items()],
        arrays.sample_weight,
        rows,
        arrays.test_rows,
    )


def _read_categorical(table: Table, roles: ColumnRoles, storage: Storage) -> dict[str, Categorical]:
    """Read the columns of categories; their codes are the rows of one array."""
    names = [
        name
        for name in roles.used_columns()
        if name in roles.categorical or table.kinds[name] == "text"
    ]
    all_codes = storage.empty((len(names), table.rows), np.int32)
    categorical = {}
    for name, codes in zip(names, all_codes, strict=True):
        column = table.read_as_categorical(name)
        codes[:] = column.codes
        categorical[name] = Categorical(codes, column.categories)
    return categorical


def _read_target(
    table: Table, columns: tuple[str, ...], categorical: dict[str, Categorical], storage: Storage
) -> Categorical | NDArray[Any]:
    if len(columns) > 1:
        matrix = storage.empty((table.rows, len(columns)), np.float64)
        table.fill(matrix, columns)
        return matrix
    (name,) = columns
    if table.kinds[name] == "boolean":
        return table.read_categorical(name)
    return categorical[name] if name in categorical else table.read_numbers(name)


def _check_text(name: str, column: Categorical, issues: DataIssues) -> None:
    """Report a column that is text only because of a few cells or the number format."""
    is_text = np.array([parse_number(text) is None for text in column.categories], np.bool_)
    texts = [column.categories[position] for position in np.flatnonzero(is_text)]
    if not texts:
        return
    counts = column.counts()
    shown = join_names([repr(text) for text in texts], limit=3)
    message = f"Expected numbers in the column `{name}`. Received: {shown}"
    if all(map(is_formatted_number, texts)):
        issues.add_data_error(
            f"{message}.",
            hint="Write numbers as 1234.5 or 1.2e3. If these are categories, list the column in "
            "data.categorical.",
        )
    elif counts[is_text].sum() < counts[~is_text].sum():
        is_text_by_code = np.append(is_text, [False])  # the last is for the code of a missing value
        rows = format_row_numbers(np.flatnonzero(is_text_by_code[column.codes]))
        issues.add_data_error(
            f"{message} in {rows}.",
            hint="Fix these cells, or clear them and set data.missing. If the column holds "
            "categories, list it in data.categorical.",
        )
