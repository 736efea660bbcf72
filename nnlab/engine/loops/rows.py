"""Rows on the device: all of them, or streamed in chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.engine.batches import as_tensor

_NO_ORDER = np.zeros([0], np.int64)


@dataclass(frozen=True)
class DeviceChunk:
    """Rows on the device.

    Args:
        arrays: Inputs, targets and any weights, each [chunk, ...].
        order: Row indices in the order of the pass, [chunk]; [0] if the rows are in that order.
        first: Index of the first row in the order of the pass.
        count: Number of rows; the arrays may be padded.
    """

    arrays: Any
    order: Any
    first: int
    count: int


class RowSource(Protocol):
    """A source of rows on the device.

    Attributes:
        rows: Number of rows.
    """

    rows: int

    def chunk_at(self, order: Any, row: int) -> DeviceChunk:
        """Return a chunk that contains a row.

        Args:
            order: Row indices in the order of the pass, [rows]; None for their own order.
            row: Index of the row in the order of the pass: 0, or in or right after the last chunk.
        """


class DeviceRows:
    """Rows that are all on the device.

    Args:
        arrays: Inputs, targets and any weights, each [rows, ...].
        ordered: Whether rows are gathered in the order of the pass.
    """

    def __init__(self, arrays: Any, *, ordered: bool) -> None:
        self.rows = _count_rows(arrays)
        # On the CPU they share the memory of the arrays.
        self._arrays = tf.nest.map_structure(lambda array: tf.identity(as_tensor(array)), arrays)
        self._ordered = ordered

    def chunk_at(self, order: Any, row: int) -> DeviceChunk:
        """See `RowSource.chunk_at`."""
        del row
        indices = order if self._ordered else _NO_ORDER
        return DeviceChunk(self._arrays, tf.convert_to_tensor(indices), 0, self.rows)


class StreamedRows:
    """Rows that are copied to the device in chunks, each during the computation on the last one.

    Args:
        arrays: Inputs, targets and any weights, each [rows, ...], possibly on disk.
        chunk: Rows per chunk, a multiple of the batch size.
    """

    def __init__(self, arrays: Any, chunk: int) -> None:
        self.rows = _count_rows(arrays)
        self._arrays = arrays
        self._flat = tf.nest.flatten(arrays)
        self._chunk_rows = min(chunk, self.rows)
        self._chunks: Iterator[Any] = iter(())
        self._current: DeviceChunk | None = None

    def chunk_at(self, order: Any, row: int) -> DeviceChunk:
        """See `RowSource.chunk_at`."""
        current = self._current
        if row == 0:
            self._chunks = iter(self._dataset(order))
        elif current is not None and current.first <= row < current.first + current.count:
            return current
        arrays = tf.nest.pack_sequence_as(self._arrays, list(next(self._chunks)))
        count = min(self._chunk_rows, self.rows - row)
        self._current = DeviceChunk(arrays, tf.constant(_NO_ORDER), row, count)
        return self._current

    def _dataset(self, order: NDArray[np.int64] | None) -> tf.data.Dataset:
        def read(number: Any) -> list[NDArray[Any]]:
            first = int(number) * self._chunk_rows
            last = min(first + self._chunk_rows, self.rows)
            if order is None:
                return [self._pad(array[first:last]) for array in self._flat]
            # Read in ascending order, the fastest one on disk.
            places = np.argsort(order[first:last])
            indices = order[first:last][places]
            return [self._pad(_scatter(array[indices], places)) for array in self._flat]

        dtypes = [array.dtype for array in self._flat]

        def load_chunk(number: Any) -> Any:
            parts = tf.numpy_function(read, [number], dtypes, stateful=False)
            for part, array in zip(parts, self._flat, strict=True):
                part.set_shape([self._chunk_rows, *array.shape[1:]])
            return tuple(parts)

        chunks = tf.data.Dataset.range(-(-self.rows // self._chunk_rows))
        return chunks.map(load_chunk).prefetch(1)

    def _pad(self, values: NDArray[Any]) -> NDArray[Any]:
        """Pad rows to a whole chunk: XLA would recompile for a smaller one."""
        missing = self._chunk_rows - len(values)
        if not missing:
            return np.ascontiguousarray(values)
        return np.concatenate([values, np.zeros([missing, *values.shape[1:]], values.dtype)])


def _scatter(values: NDArray[Any], places: NDArray[np.int64]) -> NDArray[Any]:
    result = np.empty_like(values)
    result[places] = values
    return result


def _count_rows(arrays: Any) -> int:
    return len(tf.nest.flatten(arrays)[0])
