"""CSV files: a header, then a row a line."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.categorical import Categorical, spelt_number
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.table import Table
from nnlab.data.readers.arrow import (
    check_names,
    codes_of,
    kind_of,
    numbers_of,
    reading,
    release_unused,
)
from nnlab.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

_DELIMITERS = ",;\t|"
_SHOWN = 60


class CsvTable(Table):
    """A CSV file, its columns' types found from all of its rows.

    An empty cell is a missing value, and so are NA, N/A, n/a, NaN, nan, NULL and null. The
    delimiter is the one of comma, semicolon, tab and bar that the header has most of.

    Args:
        path: The file, in UTF-8.

    Raises:
        DataError: If the file has no header, no rows, or rows of different lengths.
    """

    def __init__(self, path: Path) -> None:
        with reading(path):
            delimiter = _check_header(path)
            table = _read(path, delimiter)
        release_unused()
        self._columns = {name.strip(): table.column(i) for i, name in enumerate(table.column_names)}
        kinds = {name: kind_of(column.type) for name, column in self._columns.items()}
        super().__init__(str(path), kinds, table.num_rows)

    def fill(self, matrix: NDArray[np.floating[Any]], names: Sequence[str]) -> None:
        """Copy the columns out of Arrow's memory."""
        for position, name in enumerate(names):
            start = 0
            for chunk in self._columns[name].chunks:
                matrix[start : start + len(chunk), position] = numbers_of(chunk)
                start += len(chunk)

    def codes(self, name: str) -> Categorical:
        """One column of text or bools."""
        return codes_of(self._columns[name].chunks)


def _check_header(path: Path) -> str:
    """Find the delimiter, and refuse a file whose first line names no columns."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline().rstrip("\r\n")
    if not first:
        message = f"{path}: Expected a header and rows. Received: an empty first line."
        raise DataError(message)
    delimiter = max(_DELIMITERS, key=first.count)
    names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
    issues = DataIssues(str(path))
    if all(spelt_number(name) is not None for name in names):
        issues.data(
            f"Expected a first line with the names of the columns. Received: {first[:_SHOWN]!r}.",
            hint="Put a line of names above the rows.",
        )
    else:
        check_names(names, issues)
    issues.raise_if_any()
    return delimiter


def _read(path: Path, delimiter: str) -> pa.Table:
    from pyarrow import csv as arrow_csv

    uneven: list[Any] = []

    def note(row: Any) -> str:
        uneven.append(row)
        return "skip"

    def read(*, use_threads: bool) -> pa.Table:
        return arrow_csv.read_csv(
            path,
            arrow_csv.ReadOptions(use_threads=use_threads),
            arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note
            ),
            arrow_csv.ConvertOptions(strings_can_be_null=True),
        )

    table = read(use_threads=True)
    if uneven:
        uneven.clear()
        read(use_threads=False)  # only so does Arrow tell the numbers of the lines
        row = uneven[0]
        message = (
            f"{path}: Expected {row.expected_columns} values in every line. Received: "
            f"{row.actual_columns} in line {row.number}, {row.text[:_SHOWN]!r}"
            f"{f', and {len(uneven) - 1} more such lines' if len(uneven) > 1 else ''}. "
            "Correct them; a text that holds the delimiter needs quotes."
        )
        raise DataError(message)
    return table
