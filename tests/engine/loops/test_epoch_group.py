"""Snapshots of variables."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from nnlab.engine.loops.epoch_group import PackedVariables


def test_snapshots_are_read_and_restored() -> None:
    matrix = keras.Variable(np.zeros((2, 3), np.float32))
    count = keras.Variable(np.zeros((), np.int64), dtype="int64", trainable=False)
    vector = keras.Variable(np.zeros(2, np.float32))
    variables = [matrix, count, vector]
    packed = PackedVariables(variables)
    arrays = packed.allocate(tf.constant(3))
    for index in range(3):
        for variable in variables:
            variable.assign(np.full(variable.shape, index + 1, variable.dtype))
        arrays = packed.write(arrays, tf.constant(index))
    snapshots = [array.stack() for array in arrays]
    assert packed.nbytes == 4 * 8 + 8
    for index in range(3):
        values = packed.read(snapshots, index, [vector, matrix])
        assert [value.tolist() for value in values] == [[index + 1] * 2, [[index + 1] * 3] * 2]
    packed.restore(snapshots, tf.constant(1))
    assert [float(np.min(keras.ops.convert_to_numpy(variable))) for variable in variables] == [
        2,
        2,
        2,
    ]
    assert count.dtype == "int64"
