"""Conversion of Arrow columns, which CSV and Parquet files share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.categorical import MISSING, Categorical
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.table import ColumnKind
from nnlab.errors import DataError
from nnlab.text import join_names

if TYPE_CHECKING:
    import pyarrow as pa


@contextmanager
def translate_read_errors(path: Path) -> Iterator[None]:
    """Translate errors of Arrow and the operating system into a `DataError`."""
    import pyarrow as pa

    try:
        yield
    except UnicodeDecodeError as error:
        message = f"{path}: Expected UTF-8 text. Received: {error}. Save the file as UTF-8."
        raise DataError(message) from error
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        message = f"{path}: Expected a readable {path.suffix} file. Received: {reason}"
        raise DataError(message) from error


def release_memory() -> None:
    """Return the memory that Arrow keeps for its next read to the system.

    For a Parquet file this is some 20 MB; for a CSV file, twice the size of its values.
    """
    import pyarrow as pa

    pa.default_memory_pool().release_unused()


def check_column_names(names: Sequence[str], issues: DataIssues) -> None:
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


def column_kind(dtype: pa.DataType) -> ColumnKind:
    """Return what a column of an Arrow type holds."""
    from pyarrow import types

    if types.is_dictionary(dtype):
        return column_kind(dtype.value_type)
    kinds: tuple[tuple[ColumnKind, tuple[Any, ...]], ...] = (
        ("number", (types.is_integer, types.is_floating, types.is_decimal)),
        ("boolean", (types.is_boolean,)),
        ("text", (types.is_string, types.is_large_string, types.is_string_view)),
        ("date", (types.is_temporal,)),
        ("empty", (types.is_null,)),
    )
    matching = (kind for kind, tests in kinds if any(test(dtype) for test in tests))
    return next(matching, "other")


def to_numpy(column: pa.Array) -> NDArray[Any]:
    """Convert a column of numbers or bools, or a chunk of it; missing values become NaN."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        column = column.cast(pa.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False))


def to_categorical(chunks: Iterable[pa.Array]) -> Categorical:
    """Convert the chunks of a column of text or bools, one or more; they are not kept in memory."""
    import pyarrow as pa

    encoded_chunks = [
        chunk if pa.types.is_boolean(chunk.type) else chunk.dictionary_encode() for chunk in chunks
    ]
    if pa.types.is_boolean(encoded_chunks[0].type):
        bools = Categorical.from_values(np.concatenate([to_numpy(c) for c in encoded_chunks]))
        return Categorical(bools.codes, tuple(str(name == "1") for name in bools.categories))
    encoded = pa.chunked_array(encoded_chunks).unify_dictionaries().combine_chunks()
    names = encoded.dictionary.to_pylist()
    in_order = sorted((name, position) for position, name in enumerate(names) if name is not None)
    rank = np.full(len(names) + 1, MISSING, np.int32)  # the last is for a missing value
    rank[[position for _, position in in_order]] = np.arange(len(in_order))
    indices = encoded.indices.fill_null(MISSING).to_numpy(zero_copy_only=False)
    return Categorical(rank[indices], tuple(name for name, _ in in_order)).remove_unused()
