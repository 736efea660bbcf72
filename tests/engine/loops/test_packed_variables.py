from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from nnlab.engine.loops.packed_variables import PackedVariables


def test_what_variables_held_is_read_and_put_back() -> None:
    matrix = keras.Variable(np.zeros((2, 3), np.float32))
    count = keras.Variable(np.zeros((), np.int64), dtype="int64", trainable=False)
    vector = keras.Variable(np.zeros(2, np.float32))
    variables = [matrix, count, vector]
    states = PackedVariables(variables)
    arrays = states.room(tf.constant(3))
    for moment in range(3):
        for variable in variables:
            variable.assign(np.full(variable.shape, moment + 1, variable.dtype))
        arrays = states.write(arrays, tf.constant(moment))
    held = [array.stack() for array in arrays]
    assert states.nbytes == 4 * 8 + 8
    for moment in range(3):
        values = states.read(held, moment, [vector, matrix])
        assert [value.tolist() for value in values] == [[moment + 1] * 2, [[moment + 1] * 3] * 2]
    states.restore(held, tf.constant(1))
    assert [float(np.min(keras.ops.convert_to_numpy(one))) for one in variables] == [2, 2, 2]
    assert count.dtype == "int64"
