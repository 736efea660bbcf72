"""Puts rows into the parts of a split: where they are, or on disk without jumping about in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnlab.data.containers.chunks import permute_rows, row_chunks
from nnlab.data.containers.prepared import is_on_disk
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.split import Split

_BUCKET_BYTES = 64 << 20


def arrange_rows(array: NDArray[Any], split: Split, storage: Storage) -> list[NDArray[Any]]:
    """Put rows into the parts of a split.

    Args:
        array: [rows, ...], overwritten where it is in memory.
        split: Which rows go where.
        storage: Takes the parts of an array that is on disk.

    Returns:
        Training, validation and test rows: views of one array in memory, or an array each.

    Example:
        >>> parts = arrange_rows(np.arange(4), Split(np.array([2, 0, 3]), (2, 1, 0)), Storage())
        >>> [part.tolist() for part in parts]
        [[2, 0], [3], []]
    """
    if is_on_disk(array):
        return _arrange_on_disk(array, split, storage)
    placed = array if split.order is None else permute_rows(array, split.order)
    return [placed[part] for part in split.slices()]


def encode_parts(
    split: Split,
    storage: Storage,
    shape: tuple[int, ...],
    dtype: DTypeLike,
    encode: Callable[[slice | NDArray[np.int64]], NDArray[Any]],
) -> list[NDArray[Any]]:
    """Make the arrays of the parts of a split, a few rows at a time.

    Args:
        split: Which rows go where.
        storage: Takes the arrays.
        shape: The shape of one row.
        dtype: The arrays' type.
        encode: Gives those of the rows whose positions it is given, [positions, *shape].

    Returns:
        Training, validation and test rows.
    """
    parts = []
    for part in split.slices():
        rows = part.stop - part.start
        array = storage.empty((rows, *shape), dtype)
        for start, stop in row_chunks(rows, array.itemsize * int(np.prod(shape))):
            array[start:stop] = encode(split.source(part.start + start, part.start + stop))
        parts.append(array)
    return parts


def _arrange_on_disk(array: NDArray[Any], split: Split, storage: Storage) -> list[NDArray[Any]]:
    """Write the rows into buckets, runs of places that fit into memory, and then order each bucket.

    Both steps go through files from front to back. Taking row after row from wherever it lies would
    read a page for each, of a file too large to be kept in memory.
    """
    if split.order is None and split.sizes[0] == len(array):
        return [array[part] for part in split.slices()]
    parts = [storage.empty((rows, *array.shape[1:]), array.dtype) for rows in split.sizes]
    row_bytes = array[:1].nbytes
    buckets, sources = [], []
    for part, places in zip(parts, split.slices(), strict=True):
        for start, stop in row_chunks(len(part), row_bytes, _BUCKET_BYTES):
            buckets.append(part[start:stop])
            source = split.source(places.start + start, places.start + stop)
            if isinstance(source, slice):
                source = np.arange(source.start, source.stop)
            sources.append(source)
    _distribute(array, buckets, sources)
    for bucket, source in zip(buckets, sources, strict=True):
        # Rows lie in a bucket as they lay in the array: this is where each row of it now is.
        bucket[:] = bucket[np.argsort(np.argsort(source))]
    return parts


def _distribute(
    array: NDArray[Any], buckets: list[NDArray[Any]], sources: list[NDArray[np.int64]]
) -> None:
    """Append each row to its bucket, as they come; rows that no bucket wants are left out."""
    bucket_of = np.full(len(array), len(buckets), np.uint32)
    for number, source in enumerate(sources):
        bucket_of[source] = number
    filled = [0] * len(buckets)
    for start, stop in row_chunks(len(array), array[:1].nbytes):
        chunk, numbers = array[start:stop], bucket_of[start:stop]
        by_bucket = np.argsort(numbers, kind="stable")
        bounds = np.searchsorted(numbers[by_bucket], np.arange(len(buckets) + 1))
        for number in np.flatnonzero(np.diff(bounds)).tolist():
            rows = chunk[by_bucket[bounds[number] : bounds[number + 1]]]
            buckets[number][filled[number] : filled[number] + len(rows)] = rows
            filled[number] += len(rows)
