"""Rows that NumPy and TensorFlow hold in the same memory, so that large data is there once."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.data import PreparedData, Rows

# TensorFlow takes memory as it is where it starts at a multiple of this.
_ALIGNMENT = 64


def shareable(data: PreparedData) -> PreparedData:
    """The same data, in memory that TensorFlow can take as it is.

    Args:
        data: The data. It should not be used any more: its memory is free as soon as nobody does.

    Returns:
        Equal data; arrays that lie well are not copied.
    """
    return PreparedData(
        _shareable_rows(data.train),
        None if data.validation is None else _shareable_rows(data.validation),
        None if data.test is None else _shareable_rows(data.test),
        data.inputs,
        data.targets,
    )


def as_tensor(array: NDArray[Any]) -> tf.Tensor:
    """An array as a tensor on the CPU; `tf.convert_to_tensor` would copy it twice.

    Args:
        array: The array. Nobody may write into it any more.

    Returns:
        A tensor in the same memory, where the array lies well; else in that of its only copy.

    Example:
        >>> as_tensor(np.arange(3, dtype=np.float32)).numpy().tolist()
        [0.0, 1.0, 2.0]
    """
    return tf.experimental.dlpack.from_dlpack(_aligned(array).__dlpack__())


def _shareable_rows(rows: Rows) -> Rows:
    weights = rows.sample_weight
    return Rows(
        {name: _aligned(values) for name, values in rows.inputs.items()},
        {name: _aligned(values) for name, values in rows.targets.items()},
        None if weights is None else _aligned(weights),
    )


def _aligned(array: NDArray[Any]) -> NDArray[Any]:
    """The array itself, or a copy that starts where TensorFlow wants it."""
    lies_well = array.ctypes.data % _ALIGNMENT == 0 and array.flags.c_contiguous
    # DLPack cannot pass on that an array is read-only.
    if lies_well and array.flags.writeable:
        return array
    room = np.empty(array.nbytes + _ALIGNMENT, np.uint8)
    start = -room.ctypes.data % _ALIGNMENT
    aligned = room[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    np.copyto(aligned, array)
    return aligned
