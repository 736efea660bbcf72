from __future__ import annotations

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.engine.loops.rng import threefry_rng


def drawn() -> list[NDArray[np.float32]]:
    seed = [3, 4]

    @tf.function(jit_compile=True, autograph=False)  # type: ignore[untyped-decorator]
    def draw() -> list[tf.Tensor]:
        return [
            tf.random.stateless_uniform([20_000], seed),
            tf.random.stateless_normal([20_000], seed),
            tf.random.stateless_truncated_normal([20_000], seed),
            tf.nn.experimental.stateless_dropout(tf.ones([20_000]), 0.3, seed),
        ]

    return [numbers.numpy() for numbers in draw()]


def test_other_numbers_of_the_same_distribution_and_only_inside() -> None:
    before = drawn()
    with threefry_rng():
        inside, again = drawn(), drawn()
    for one, other, same, after in zip(before, inside, again, drawn(), strict=True):
        assert (one != other).mean() > 0.3
        np.testing.assert_array_equal(other, same)
        np.testing.assert_array_equal(one, after)
        assert abs(one.mean() - other.mean()) < 0.03
        assert abs(one.std() - other.std()) < 0.03
