"""Partition of rows into training, validation and test parts, in memory or on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnlab.data.containers.memory import permute_rows, row_chunks
from nnlab.data.containers.prepared import is_on_disk
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.split import Split

_BUCKET_BYTES = 64 << 20


def arrange_rows(array: NDArray[Any], split: Split, storage: Storage) -> list[NDArray[Any]]:
    """Partition rows by a split.

    Args:
        array: `(rows, ...)`; overwritten if it is in memory.
        split: The rows of each part.
        storage: Allocates the parts of an array that is on disk.

    Returns:
        Training, validation and test rows, `(part rows, ...)` each: views of one array in memory,
        or separate arrays on disk.
    """
    if is_on_disk(array):
        return _arrange_on_disk(array, split, storage)
    arranged = array if split.order is None else permute_rows(array, split.order)
    return [arranged[part] for part in split.slices()]


def encode_parts(
    split: Split,
    storage: Storage,
    shape: tuple[int, ...],
    dtype: DTypeLike,
    encode: Callable[[slice | NDArray[np.int64]], NDArray[Any]],
) -> list[NDArray[Any]]:
    """Fill the arrays of each part, a few rows at a time.

    Args:
        split: The rows of each part.
        storage: Allocates the arrays.
        shape: The shape of one row.
        dtype: The type of the arrays.
        encode: Returns the rows at the given positions of the unsplit data, `(positions, *shape)`.

    Returns:
        Training, validation and test rows, `(part rows, *shape)` each.
    """
    parts = []
    for part in split.slices():
        rows = part.stop - part.start
        array = storage.empty((rows, *shape), dtype)
        for start, stop in row_chunks(rows, array.itemsize * int(np.prod(shape))):
            array[start:stop] = encode(split.rows_at(part.start + start, part.start + stop))
        parts.append(array)
    return parts


def _arrange_on_disk(array: NDArray[Any], split: Split, storage: Storage) -> list[NDArray[Any]]:
    """Write the rows into buckets that fit in memory, then order the rows of each bucket.

    Both passes read and write sequentially: random access to a file larger than memory would load
    one page per row.
    """
    if split.order is None and split.sizes[0] == len(array):
        return [array[part] for part in split.slices()]
    parts = [storage.empty((rows, *array.shape[1:]), array.dtype) for rows in split.sizes]
    row_bytes = array[:1].nbytes
    buckets, bucket_rows = [], []
    for part, places in zip(parts, split.slices(), strict=True):
        for start, stop in row_chunks(len(part), row_bytes, _BUCKET_BYTES):
            buckets.append(part[start:stop])
            rows = split.rows_at(places.start + start, places.start + stop)
            if isinstance(rows, slice):
                rows = np.arange(rows.start, rows.stop)
            bucket_rows.append(rows)
    # Append each row to its bucket, in the order of the array; skip rows of no bucket.
    bucket_of = np.full(len(array), len(buckets), np.uint32)
    for number, rows in enumerate(bucket_rows):
        bucket_of[rows] = number
    filled = [0] * len(buckets)
    for start, stop in row_chunks(len(array), array[:1].nbytes):
        chunk, numbers = array[start:stop], bucket_of[start:stop]
        by_bucket = np.argsort(numbers, kind="stable")
        bounds = np.searchsorted(numbers[by_bucket], np.arange(len(buckets) + 1))
        for number in np.flatnonzero(np.diff(bounds)).tolist():
            rows = chunk[by_bucket[bounds[number] : bounds[number + 1]]]
            buckets[number][filled[number] : filled[number] + len(rows)] = rows
            filled[number] += len(rows)
    for bucket, rows in zip(buckets, bucket_rows, strict=True):
        # The bucket is in the order of the array; the double argsort is each row's position in it.
        bucket[:] = bucket[np.argsort(np.argsort(rows))]
    return parts
