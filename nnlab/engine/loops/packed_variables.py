"""The values of many variables as a few vectors, one for each type: kept, read and put back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


class PackedVariables:
    """What variables held at several moments.

    A vector for each type of variable is written and read at once: a call for every variable would
    cost more than a small net's epoch.

    Args:
        variables: The variables.
    """

    def __init__(self, variables: Sequence[keras.Variable]) -> None:
        by_type: dict[str, list[keras.Variable]] = {}
        for variable in variables:
            by_type.setdefault(variable.dtype, []).append(variable)
        self._groups = list(by_type.items())

    @property
    def nbytes(self) -> int:
        """Bytes of the values of one moment."""
        return sum(
            tf.as_dtype(kind).size * int(np.prod(variable.shape))
            for kind, group in self._groups
            for variable in group
        )

    def room(self, moments: Any) -> list[tf.TensorArray]:
        """Arrays for the values of some moments.

        Args:
            moments: Their number, a tensor.
        """
        return [
            tf.TensorArray(kind, moments, element_shape=[_size(group)])
            for kind, group in self._groups
        ]

    def write(self, arrays: Sequence[tf.TensorArray], moment: Any) -> list[tf.TensorArray]:
        """Keep what the variables hold now.

        Args:
            arrays: The arrays, as `room` made them.
            moment: The place among the moments, from 0, a tensor.

        Returns:
            The arrays that hold it.
        """
        return [
            array.write(moment, tf.concat([tf.reshape(one.value, [-1]) for one in group], 0))
            for array, (_, group) in zip(arrays, self._groups, strict=True)
        ]

    def read(
        self, states: Sequence[tf.Tensor], moment: int, variables: Sequence[keras.Variable]
    ) -> list[NDArray[Any]]:
        """What some of the variables held.

        Args:
            states: What the arrays hold, each [moments, values].
            moment: The moment, from 0.
            variables: Which variables.

        Returns:
            The values of each.
        """
        found: dict[int, NDArray[Any]] = {}
        for state, (_, group) in zip(states, self._groups, strict=True):
            row = state[moment].numpy()
            ends = np.cumsum([int(np.prod(variable.shape)) for variable in group])
            parts = np.split(row, ends[:-1])
            for variable, part in zip(group, parts, strict=True):
                found[id(variable)] = part.reshape(variable.shape)
        return [found[id(variable)] for variable in variables]

    def restore(self, states: Sequence[tf.Tensor], moment: Any) -> None:
        """Give the variables what they held.

        Args:
            states: What the arrays hold, each [moments, values].
            moment: The moment, from 0, a tensor.
        """
        for state, (_, group) in zip(states, self._groups, strict=True):
            sizes = [int(np.prod(variable.shape)) for variable in group]
            for variable, part in zip(group, tf.split(state[moment], sizes), strict=True):
                variable.assign(tf.reshape(part, variable.shape))


def _size(variables: Sequence[keras.Variable]) -> int:
    return sum(int(np.prod(variable.shape)) for variable in variables)
