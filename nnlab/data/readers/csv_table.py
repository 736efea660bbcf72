"""CSV files with a header."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.categorical import Categorical, parse_number
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.table import Table
from nnlab.data.readers.arrow import (
    check_column_names,
    column_kind,
    release_memory,
    to_categorical,
    to_numpy,
    translate_read_errors,
)
from nnlab.errors import DataError
from nnlab.text import plural

if TYPE_CHECKING:
    import pyarrow as pa

_DELIMITERS = ",;\t|"
_MAX_SHOWN_CHARACTERS = 60


class CsvTable(Table):
    """A CSV file in UTF-8; the column types are inferred from all rows.

    Missing values are empty cells and NA, N/A, n/a, NaN, nan, NULL and null. The delimiter is the
    most frequent of comma, semicolon, tab and bar in the header.
    """

    def __init__(self, path: Path) -> None:
        with translate_read_errors(path):
            delimiter = _check_header(path)
            table = _read(path, delimiter)
        release_memory()
        self._columns = {name.strip(): table.column(i) for i, name in enumerate(table.column_names)}
        kinds = {name: column_kind(column.type) for name, column in self._columns.items()}
        super().__init__(str(path), kinds, table.num_rows)

    def fill(self, matrix: NDArray[np.floating[Any]], names: Sequence[str]) -> None:
        """Copy the columns out of Arrow's memory."""
        for position, name in enumerate(names):
            start = 0
            for chunk in self._columns[name].chunks:
                matrix[start : start + len(chunk), position] = to_numpy(chunk)
                start += len(chunk)

    def read_categorical(self, name: str) -> Categorical:
        """Read a column of text or bools."""
        return to_categorical(self._columns[name].chunks)


def _check_header(path: Path) -> str:
    """Return the delimiter; raise if the first line does not hold column names."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = file.readline().rstrip("\r\n")
    if not header:
        message = f"{path}: Expected a header and rows. Received: an empty first line."
        raise DataError(message)
    delimiter = max(_DELIMITERS, key=header.count)
    names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter))]
    issues = DataIssues(str(path))
    if all(parse_number(name) is not None for name in names):
        issues.add_data_error(
            f"Expected a header with column names. Received: {header[:_MAX_SHOWN_CHARACTERS]!r}.",
            hint="Add a line with the column names above the rows.",
        )
    else:
        check_column_names(names, issues)
    issues.raise_if_any()
    return delimiter


def _read(path: Path, delimiter: str) -> pa.Table:
    from pyarrow import csv as arrow_csv

    invalid_rows: list[Any] = []

    def skip_row(row: Any) -> str:
        invalid_rows.append(row)
        return "skip"

    def read(*, use_threads: bool) -> pa.Table:
        return arrow_csv.read_csv(
            path,
            arrow_csv.ReadOptions(use_threads=use_threads),
            arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip_row
            ),
            arrow_csv.ConvertOptions(strings_can_be_null=True),
        )

    table = read(use_threads=True)
    if invalid_rows:
        invalid_rows.clear()
        read(use_threads=False)  # with threads, Arrow does not report line numbers
        row, *others = invalid_rows
        more = f", and {plural(len(others), 'more such line')}" if others else ""
        message = (
            f"{path}: Expected {row.expected_columns} values in every line. Received: "
            f"{row.actual_columns} in line {row.number}, {row.text[:_MAX_SHOWN_CHARACTERS]!r}"
            f"{more}. Fix them; quote a text that contains the delimiter."
        )
        raise DataError(message)
    return table
