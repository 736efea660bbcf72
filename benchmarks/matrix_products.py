"""The time of an epoch's bare matrix products: what no training of dense layers can go below.

Forward, and backward for the weights and, but for the first layer, for the inputs; in float32,
batch after batch in one compiled loop, each of its rows read from the whole. No activation, loss,
metric; an optimizer only where Adam's update is asked for, the plain formula of Kingma and Ba,
"Adam: A Method for Stochastic Optimization" (2014).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import tensorflow as tf

_REPETITIONS = 3
_RATE, _BETA_1, _BETA_2, _EPSILON = 1e-3, 0.9, 0.999, 1e-7
# Of each layer: its weights, the means of their slopes, those of the squares.
_ADAM_STATE = range(3)
Tensors = list[tf.Tensor]


def epoch_of_products(
    sizes: list[int], rows: int, batch: int, *, adam: bool = False
) -> Callable[[], Tensors]:
    """An epoch's products as a function."""
    random = np.random.default_rng(0)
    inputs = tf.constant(random.random((rows, sizes[0]), np.float32))
    weights = [
        tf.constant(random.standard_normal(shape).astype(np.float32) / shape[0] ** 0.5)
        for shape in pairwise(sizes)
    ]
    zeros = [tf.zeros_like(matrix) for matrix in weights]
    steps, left = divmod(rows, batch)

    def slopes_of(first: tf.Tensor, size: int, matrices: Tensors) -> Tensors:
        values = [tf.slice(inputs, [first, 0], [size, sizes[0]])]
        for matrix in matrices:
            values.append(values[-1] @ matrix)
        slope = values.pop()
        slopes = []
        for layer in reversed(range(len(matrices))):
            slopes.append(tf.matmul(values[layer], slope, transpose_a=True))
            if layer:
                slope = tf.matmul(slope, matrices[layer], transpose_b=True)
        return slopes[::-1]

    def step(number: tf.Tensor, size: int, state: Tensors) -> Tensors:
        if not adam:
            return slopes_of(number * batch, size, weights)
        matrices, means, squares = (state[part :: len(_ADAM_STATE)] for part in _ADAM_STATE)
        slopes = slopes_of(number * batch, size, matrices)
        updates = zip(matrices, means, squares, slopes, strict=True)
        done = tf.cast(number + 1, tf.float32)
        return [tensor for update in updates for tensor in _adam(done, *update)]

    def body(number: tf.Tensor, state: Tensors) -> tuple[tf.Tensor, Tensors]:
        return number + 1, step(number, batch, state)

    def epoch() -> Tensors:
        start = [one for three in zip(weights, zeros, zeros, strict=True) for one in three]
        # One after the other, as a training must go.
        _, last = tf.while_loop(
            lambda number, _: number < steps,
            body,
            [tf.constant(0), start if adam else zeros],
            parallel_iterations=1,
        )
        ended: Tensors = last
        if left:
            end = step(tf.constant(steps), left, last)
            ended = end if adam else [*last, *end]
        return ended

    return epoch


def _adam(
    step: tf.Tensor, weights: tf.Tensor, mean: tf.Tensor, square: tf.Tensor, slope: tf.Tensor
) -> Tensors:
    """Weights, and the means of their slopes and of the squares, after one more step."""
    mean = _BETA_1 * mean + (1 - _BETA_1) * slope
    square = _BETA_2 * square + (1 - _BETA_2) * slope**2
    rate = _RATE * tf.sqrt(1 - _BETA_2**step) / (1 - _BETA_1**step)
    return [weights - rate * mean / (tf.sqrt(square) + _EPSILON), mean, square]


def seconds_of(epoch: Callable[[], Tensors]) -> float:
    """Run an epoch once."""
    start = time.perf_counter()
    for tensor in epoch():
        tensor.numpy()
    return time.perf_counter() - start


def main() -> None:
    """Print the seconds of some epochs, compiled by XLA and not, as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--adam", action="store_true", help="update the weights, too")
    args = parser.parse_args()
    epoch = epoch_of_products(args.sizes, args.rows, args.batch, adam=args.adam)
    forms = {"xla": tf.function(epoch, jit_compile=True), "graph": tf.function(epoch)}
    for form in forms.values():
        form()
    seconds: dict[str, list[float]] = {name: [] for name in forms}
    for _ in range(_REPETITIONS):
        for name, form in forms.items():
            seconds[name].append(seconds_of(form))
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
