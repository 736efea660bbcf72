"""Snapshots of many variables, packed into one vector per dtype."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


class PackedVariables:
    """Write, read and restore snapshots of variables.

    A vector for each dtype is written and read at once: an operation per variable would cost more
    than a small net's epoch.
    """

    def __init__(self, variables: Sequence[keras.Variable]) -> None:
        by_dtype: dict[str, list[keras.Variable]] = {}
        for variable in variables:
            by_dtype.setdefault(variable.dtype, []).append(variable)
        self._groups = list(by_dtype.items())

    @property
    def nbytes(self) -> int:
        """Bytes of a snapshot."""
        return sum(
            tf.as_dtype(dtype).size * int(np.prod(variable.shape))
            for dtype, group in self._groups
            for variable in group
        )

    def allocate(self, snapshots: Any) -> list[tf.TensorArray]:
        """Return empty arrays for a number of snapshots, a tensor."""
        return [
            tf.TensorArray(dtype, snapshots, element_shape=[_count_values(group)])
            for dtype, group in self._groups
        ]

    def write(self, arrays: Sequence[tf.TensorArray], index: Any) -> list[tf.TensorArray]:
        """Write the current values to the arrays at an index, a tensor."""
        return [
            array.write(
                index, tf.concat([tf.reshape(variable.value, [-1]) for variable in group], 0)
            )
            for array, (_, group) in zip(arrays, self._groups, strict=True)
        ]

    def read(
        self, snapshots: Sequence[tf.Tensor], index: int, variables: Sequence[keras.Variable]
    ) -> list[NDArray[Any]]:
        """Return the values of some of the variables in a snapshot.

        Args:
            snapshots: The stacked arrays, each [snapshots, values].
            index: Index of the snapshot.
            variables: The variables to read.
        """
        values: dict[int, NDArray[Any]] = {}
        for snapshot, (_, group) in zip(snapshots, self._groups, strict=True):
            row = snapshot[index].numpy()
            ends = np.cumsum([int(np.prod(variable.shape)) for variable in group])
            parts = np.split(row, ends[:-1])
            for variable, part in zip(group, parts, strict=True):
                values[id(variable)] = part.reshape(variable.shape)
        return [values[id(variable)] for variable in variables]

    def restore(self, snapshots: Sequence[tf.Tensor], index: Any) -> None:
        """Assign the values of a snapshot, with its index as a tensor, to the variables."""
        for snapshot, (_, group) in zip(snapshots, self._groups, strict=True):
            sizes = [int(np.prod(variable.shape)) for variable in group]
            for variable, part in zip(group, tf.split(snapshot[index], sizes), strict=True):
                variable.assign(tf.reshape(part, variable.shape))


def _count_values(variables: Sequence[keras.Variable]) -> int:
    return sum(int(np.prod(variable.shape)) for variable in variables)
