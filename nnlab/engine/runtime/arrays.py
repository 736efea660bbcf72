"""Arrays that NumPy and TensorFlow share without a copy."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.data import PreparedData, Rows

# TensorFlow uses memory without a copy if its address is a multiple of this.
_ALIGNMENT = 64


def align_arrays(data: PreparedData) -> PreparedData:
    """Return equal data in memory that TensorFlow can share; aligned arrays are not copied.

    Drop the original data afterwards to free its memory.
    """
    return PreparedData(
        _align_rows(data.train),
        None if data.validation is None else _align_rows(data.validation),
        None if data.test is None else _align_rows(data.test),
        data.inputs,
        data.targets,
    )


def as_tensor(array: NDArray[Any]) -> tf.Tensor:
    """Return an array as a CPU tensor that shares its memory, or that of a single copy.

    The array must not be modified afterwards. `tf.convert_to_tensor` would copy it twice.
    """
    return tf.experimental.dlpack.from_dlpack(_align(array).__dlpack__())


def _align_rows(rows: Rows) -> Rows:
    weights = rows.sample_weight
    return Rows(
        {name: _align(values) for name, values in rows.inputs.items()},
        {name: _align(values) for name, values in rows.targets.items()},
        None if weights is None else _align(weights),
    )


def _align(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array itself, or a copy at an aligned address."""
    is_aligned = array.ctypes.data % _ALIGNMENT == 0 and array.flags.c_contiguous
    # DLPack cannot mark an array as read-only.
    if is_aligned and array.flags.writeable:
        return array
    buffer = np.empty(array.nbytes + _ALIGNMENT, np.uint8)
    start = -buffer.ctypes.data % _ALIGNMENT
    aligned = buffer[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    np.copyto(aligned, array)
    return aligned
