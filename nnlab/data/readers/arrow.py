"""Arrow's columns as numpy arrays of numbers, or as codes: what CSV and Parquet have in common."""

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
def reading(path: Path) -> Iterator[None]:
    """Turn what Arrow and the operating system raise about a file into a `DataError`.

    Args:
        path: The file.

    Raises:
        DataError: If the file cannot be read.
    """
    import pyarrow as pa

    try:
        yield
    except UnicodeDecodeError as error:
        message = f"{path}: Expected text in UTF-8. Received: {error}. Save the file as UTF-8."
        raise DataError(message) from error
    except (pa.ArrowException, OSError) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        message = f"{path}: Expected a readable {path.suffix} file. Received: {what}"
        raise DataError(message) from error


def release_unused() -> None:
    """Give back to the system what Arrow holds on to for its next read.

    Of a Parquet file that is some 20 MB; of a CSV file, twice what its values take.
    """
    import pyarrow as pa

    pa.default_memory_pool().release_unused()


def check_names(names: Sequence[str], issues: DataIssues) -> None:
    """Note columns without a name, or with the name of another.

    Args:
        names: The names of the columns in the order of the file.
        issues: Takes the faults.
    """
    nameless = [str(position + 1) for position, name in enumerate(names) if not name]
    if nameless:
        issues.data(
            f"Expected a name for every column. Received: none for column {join_names(nameless)}.",
            hint="Name it; if it only numbers the rows, leave it out (pandas: index=False).",
        )
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        issues.data(
            f"Expected columns of different names. Received: {join_names(twice)} more than once.",
            hint="Rename them.",
        )


def kind_of(dtype: pa.DataType) -> ColumnKind:
    """What an Arrow column holds.

    Args:
        dtype: Its Arrow type.

    Returns:
        The kind.
    """
    from pyarrow import types

    if types.is_dictionary(dtype):
        return kind_of(dtype.value_type)
    kinds: tuple[tuple[ColumnKind, tuple[Any, ...]], ...] = (
        ("number", (types.is_integer, types.is_floating, types.is_decimal)),
        ("boolean", (types.is_boolean,)),
        ("text", (types.is_string, types.is_large_string, types.is_string_view)),
        ("date", (types.is_temporal,)),
        ("empty", (types.is_null,)),
    )
    matching = (kind for kind, tests in kinds if any(test(dtype) for test in tests))
    return next(matching, "other")


def numbers_of(column: pa.Array) -> NDArray[Any]:
    """The numbers of a column, or of a chunk of it.

    Args:
        column: Numbers or bools.

    Returns:
        Numbers, with NaN where a value is missing.
    """
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        column = column.cast(pa.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False))


def codes_of(chunks: Iterable[pa.Array]) -> Categorical:
    """The values of a column as codes, their names in sorted order.

    Args:
        chunks: Its chunks, of text or bools, one or more; none is held on to.

    Returns:
        The codes.
    """
    import pyarrow as pa

    values = [
        chunk if pa.types.is_boolean(chunk.type) else chunk.dictionary_encode() for chunk in chunks
    ]
    if pa.types.is_boolean(values[0].type):
        truths = Categorical.of(np.concatenate([numbers_of(chunk) for chunk in values]))
        return Categorical(truths.codes, tuple(str(name == "1") for name in truths.names))
    encoded = pa.chunked_array(values).unify_dictionaries().combine_chunks()
    names = encoded.dictionary.to_pylist()
    in_order = sorted((name, position) for position, name in enumerate(names) if name is not None)
    rank = np.full(len(names) + 1, MISSING, np.int32)  # the last stands for a missing value
    rank[[position for _, position in in_order]] = np.arange(len(in_order))
    indices = encoded.indices.fill_null(MISSING).to_numpy(zero_copy_only=False)
    return Categorical(rank[indices], tuple(name for name, _ in in_order)).used()
