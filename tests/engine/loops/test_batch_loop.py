"""Random numbers of Threefry under XLA."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.engine.loops.batch_loop import threefry_rng


def draw_numbers() -> list[NDArray[np.float32]]:
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


@pytest.mark.slow
def test_numbers_differ_within_the_block_only_and_have_the_same_distribution() -> None:
    before = draw_numbers()
    with threefry_rng():
        threefry, repeated = draw_numbers(), draw_numbers()
    after = draw_numbers()
    for numbers, expected, again, default in zip(threefry, before, repeated, after, strict=True):
        assert (numbers != expected).mean() > 0.3
        np.testing.assert_array_equal(numbers, again)
        np.testing.assert_array_equal(default, expected)
        assert abs(numbers.mean() - expected.mean()) < 0.03
        assert abs(numbers.std() - expected.std()) < 0.03
