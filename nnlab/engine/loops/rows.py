"""Where a pass has its rows from: all of them lie on the device, or they come in chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.engine.runtime.arrays import as_tensor

_NO_ORDER = np.zeros([0], np.int64)


@dataclass(frozen=True)
class DeviceChunk:
    """Rows that are on the device now.

    Args:
        arrays: Inputs, targets and perhaps weights, each [held, ...].
        order: The order in which to take them, [held]; [0] where they lie in it.
        first: The first of them, in the order of the pass.
        count: How many they are; the arrays may be longer.
    """

    arrays: Any
    order: Any
    first: int
    count: int


class RowSource(Protocol):
    """Brings rows to the device.

    Attributes:
        rows: How many there are.
    """

    rows: int

    def at(self, order: Any, row: int) -> DeviceChunk:
        """Rows that are on the device, a certain one among them.

        Args:
            order: Positions of all rows in the order of the pass, [rows]; None: as they lie.
            row: The row, counted in the order of the pass. It is the first, or the one behind those
                of the call before.
        """


class DeviceRows:
    """Rows that lie on the device.

    Args:
        arrays: Inputs, targets and perhaps weights, each [rows, ...].
        ordered: Whether they are taken by an order.
    """

    def __init__(self, arrays: Any, *, ordered: bool) -> None:
        self.rows = _count(arrays)
        # On the CPU in the memory that they have.
        self._arrays = tf.nest.map_structure(lambda array: tf.identity(as_tensor(array)), arrays)
        self._ordered = ordered

    def at(self, order: Any, row: int) -> DeviceChunk:
        """See `RowSource.at`."""
        del row
        taken = order if self._ordered else _NO_ORDER
        return DeviceChunk(self._arrays, tf.convert_to_tensor(taken), 0, self.rows)


class StreamedRows:
    """Rows that come to the device in chunks, the next one while the device works on the last.

    Args:
        arrays: Inputs, targets and perhaps weights, each [rows, ...], perhaps on disk.
        chunk: Rows a chunk, a multiple of the rows of a batch.
    """

    def __init__(self, arrays: Any, chunk: int) -> None:
        self.rows = _count(arrays)
        self._arrays = arrays
        self._flat = tf.nest.flatten(arrays)
        self._chunk = min(chunk, self.rows)
        self._chunks: Iterator[Any] = iter(())
        self._held: DeviceChunk | None = None

    def at(self, order: Any, row: int) -> DeviceChunk:
        """See `RowSource.at`."""
        held = self._held
        if row == 0:
            self._chunks = iter(self._reading(order))
        elif held is not None and held.first <= row < held.first + held.count:
            return held
        arrays = tf.nest.pack_sequence_as(self._arrays, list(next(self._chunks)))
        count = min(self._chunk, self.rows - row)
        self._held = DeviceChunk(arrays, tf.constant(_NO_ORDER), row, count)
        return self._held

    def _reading(self, order: NDArray[np.int64] | None) -> tf.data.Dataset:
        def read(number: Any) -> list[NDArray[Any]]:
            first = int(number) * self._chunk
            last = min(first + self._chunk, self.rows)
            if order is None:
                return [self._padded(array[first:last]) for array in self._flat]
            # From the first row to the last, as a disk likes to be read.
            places = np.argsort(order[first:last])
            positions = order[first:last][places]
            return [self._padded(_scattered(array[positions], places)) for array in self._flat]

        types = [array.dtype for array in self._flat]

        def chunk(number: Any) -> Any:
            parts = tf.numpy_function(read, [number], types, stateful=False)
            for part, array in zip(parts, self._flat, strict=True):
                part.set_shape([self._chunk, *array.shape[1:]])
            return tuple(parts)

        chunks = tf.data.Dataset.range(-(-self.rows // self._chunk))
        return chunks.map(chunk).prefetch(1)

    def _padded(self, values: NDArray[Any]) -> NDArray[Any]:
        """A whole chunk: XLA would compile anew for one of fewer rows."""
        missing = self._chunk - len(values)
        if not missing:
            return np.ascontiguousarray(values)
        return np.concatenate([values, np.zeros([missing, *values.shape[1:]], values.dtype)])


def _scattered(values: NDArray[Any], places: NDArray[np.int64]) -> NDArray[Any]:
    result = np.empty_like(values)
    result[places] = values
    return result


def _count(arrays: Any) -> int:
    return len(tf.nest.flatten(arrays)[0])
