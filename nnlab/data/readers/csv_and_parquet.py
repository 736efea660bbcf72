"""Tables in CSV and Parquet files, read with Arrow."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.categorical import MISSING, Categorical, parse_number
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.table import ColumnKind, Table
from nnlab.errors import DataError
from nnlab.text import join_names, plural

if TYPE_CHECKING:
    import pyarrow as pa

_DELIMITERS = ",;\t|"
_MAX_SHOWN_CHARACTERS = 60

# Arrow holds some 3 MB of each column that it is reading. With 1 million rows, one column at a time
# is as fast as eight (0.5 s for 50 columns); only small row groups gain from several.
_READ_BYTES = 8 << 20
_BUFFER_BYTES = 1 << 20
_BATCH_ROWS = 1 << 16
# Each batch of texts has a separate list of its distinct ones.
_TEXT_BATCH_ROWS = 1 << 18


class CsvTable(Table):
    """A CSV file in UTF-8; the column types are inferred from all rows.

    Missing values are empty cells and NA, N/A, n/a, NaN, nan, NULL and null. The delimiter is the
    most frequent of comma, semicolon, tab and bar in the header.
    """

    def __init__(self, path: Path) -> None:
        with _translate_read_errors(path):
            delimiter = _check_header(path)
            table = _read(path, delimiter)
        _release_memory()
        self._columns = {name.strip(): table.column(i) for i, name in enumerate(table.column_names)}
        kinds = {name: _column_kind(column.type) for name, column in self._columns.items()}
        super().__init__(str(path), kinds, table.num_rows)

    def fill(self, matrix: NDArray[np.floating[Any]], names: Sequence[str]) -> None:
        """Copy the columns out of Arrow's memory."""
        for position, name in enumerate(names):
            start = 0
            for chunk in self._columns[name].chunks:
                matrix[start : start + len(chunk), position] = _to_numpy(chunk)
                start += len(chunk)

    def read_categorical(self, name: str) -> Categorical:
        """Read a column of text or bools."""
        return _to_categorical(self._columns[name].chunks)


def _check_header(path: Path) -> str:
    """Return the delimiter; raise if the first line does not hold column names."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = file.readline().rstrip("\r\n")
    if not header:
        raise DataError(f"{path}: Expected a header and rows. Received: an empty first line.")
    delimiter = max(_DELIMITERS, key=header.count)
    names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter))]
    issues = DataIssues(str(path))
    if all(parse_number(name) is not None for name in names):
        issues.add_data_error(
            f"Expected a header with column names. Received: {header[:_MAX_SHOWN_CHARACTERS]!r}.",
            hint="Add a line with the column names above the rows.",
        )
    else:
        _check_column_names(names, issues)
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
        raise DataError(
            f"{path}: Expected {row.expected_columns} values in every line. Received: "
            f"{row.actual_columns} in line {row.number}, {row.text[:_MAX_SHOWN_CHARACTERS]!r}"
            f"{more}. Fix them; quote a text that contains the delimiter."
        )
    return table


class ParquetTable(Table):
    """A Parquet file whose columns are read on demand."""

    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self._path = path
        with _translate_read_errors(path):
            # Mapping and reading ahead would both count as memory, row group by row group.
            self._file = pq.ParquetFile(
                path, memory_map=False, pre_buffer=False, buffer_size=_BUFFER_BYTES
            )
            # pandas' name for an unnamed index: it numbers the rows and is not a feature.
            index = re.compile(r"__index_level_\d+__")
            fields = [field for field in self._file.schema_arrow if not index.fullmatch(field.name)]
        issues = DataIssues(str(path))
        _check_column_names([field.name for field in fields], issues)
        issues.raise_if_any()
        kinds = {field.name: _column_kind(field.type) for field in fields}
        super().__init__(str(path), kinds, self._file.metadata.num_rows)

    def fill(self, matrix: NDArray[np.floating[Any]], names: Sequence[str]) -> None:
        """Read one row group after the other, a few columns at a time."""
        start = 0
        for group in range(self._file.num_row_groups):
            rows = self._file.metadata.row_group(group).num_rows
            step = max(1, _READ_BYTES // (8 * max(rows, 1)))
            for first in range(0, len(names), step):
                columns = slice(first, first + step)
                self._fill_group(matrix[start : start + rows, columns], names[columns], group)
            start += rows
        _release_memory()

    def _fill_group(
        self, matrix: NDArray[np.floating[Any]], names: Sequence[str], group: int
    ) -> None:
        start = 0
        with _translate_read_errors(self._path):
            for batch in self._file.iter_batches(_BATCH_ROWS, [group], list(names)):
                for position, name in enumerate(names):
                    matrix[start : start + len(batch), position] = _to_numpy(batch.column(name))
                start += len(batch)

    def read_categorical(self, name: str) -> Categorical:
        """Read a column of text or bools in batches, as texts take more memory than codes."""
        with _translate_read_errors(self._path):
            batches = self._file.iter_batches(_TEXT_BATCH_ROWS, columns=[name])
            return _to_categorical(batch.column(0) for batch in batches)


@contextmanager
def _translate_read_errors(path: Path) -> Iterator[None]:
    """Translate errors of Arrow and the operating system into a `DataError`."""
    import pyarrow as pa

    try:
        yield
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: Expected UTF-8 text. Received: {error}. Save the file as UTF-8."
        ) from error
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(
            f"{path}: Expected a readable {path.suffix} file. Received: {reason}"
        ) from error


def _release_memory() -> None:
    """Return the memory that Arrow keeps for its next read to the system.

    For a Parquet file this is some 20 MB; for a CSV file, twice the size of its values.
    """
    import pyarrow as pa

    pa.default_memory_pool().release_unused()


def _check_column_names(names: Sequence[str], issues: DataIssues) -> None:
    """Report unnamed columns and duplicate names."""
    unnamed = [str(position + 1) for position, name in enumerate(names) if not name]
    if unnamed:
        issues.add_data_error(
            f"Expected a name for every column. Received: none for column {join_names(unnamed)}.",
            hint="Name it, or leave it out if it only numbers the rows (pandas: index=False).",
        )
    duplicates = sorted({name for name in names if name and names.count(name) > 1})
    if duplicates:
        issues.add_data_error(
            f"Expected distinct column names. Received: {join_names(duplicates)} more than once.",
            hint="Rename them.",
        )


def _column_kind(dtype: pa.DataType) -> ColumnKind:
    """Return what a column of an Arrow type holds."""
    from pyarrow import types

    if types.is_dictionary(dtype):
        return _column_kind(dtype.value_type)
    kinds: tuple[tuple[ColumnKind, tuple[Any, ...]], ...] = (
        ("number", (types.is_integer, types.is_floating, types.is_decimal)),
        ("boolean", (types.is_boolean,)),
        ("text", (types.is_string, types.is_large_string, types.is_string_view)),
        ("date", (types.is_temporal,)),
        ("empty", (types.is_null,)),
    )
    matching = (kind for kind, tests in kinds if any(test(dtype) for test in tests))
    return next(matching, "other")


def _to_numpy(column: pa.Array) -> NDArray[Any]:
    """Convert a column of numbers or bools, or a chunk of it; missing values become NaN."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        column = column.cast(pa.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _to_categorical(chunks: Iterable[pa.Array]) -> Categorical:
    """Convert the chunks of a column of text or bools, one or more; they are not kept in memory."""
    import pyarrow as pa

    encoded_chunks = [
        chunk if pa.types.is_boolean(chunk.type) else chunk.dictionary_encode() for chunk in chunks
    ]
    if pa.types.is_boolean(encoded_chunks[0].type):
        bools = Categorical.from_values(np.concatenate([_to_numpy(c) for c in encoded_chunks]))
        return Categorical(bools.codes, tuple(str(name == "1") for name in bools.categories))
    encoded = pa.chunked_array(encoded_chunks).unify_dictionaries().combine_chunks()
    names = encoded.dictionary.to_pylist()
    in_order = sorted((name, position) for position, name in enumerate(names) if name is not None)
    rank = np.full(len(names) + 1, MISSING, np.int32)  # the last is for a missing value
    rank[[position for _, position in in_order]] = np.arange(len(in_order))
    indices = encoded.indices.fill_null(MISSING).to_numpy(zero_copy_only=False)
    return Categorical(rank[indices], tuple(name for name, _ in in_order)).remove_unused()
