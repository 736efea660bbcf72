"""The time of an epoch's bare matrix products: what no training of dense layers can go below.

Forward, and backward for the weights and, but for the first layer, for the inputs; in float32,
batch after batch in one compiled loop, each of its rows read from the whole. No activation, loss,
optimizer, metric.
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
Tensors = list[tf.Tensor]


def epoch_of_products(sizes: list[int], rows: int, batch: int) -> Callable[[], Tensors]:
    """An epoch's products as a function.

    Args:
        sizes: The units of each layer, the inputs first.
        rows: Rows of the epoch.
        batch: Rows of a step; the last one takes those that are left.

    Returns:
        The function; it returns what the last step gives for the weights.
    """
    random = np.random.default_rng(0)
    inputs = tf.constant(random.random((rows, sizes[0]), np.float32))
    weights = [
        tf.constant(random.standard_normal(shape).astype(np.float32) / shape[0] ** 0.5)
        for shape in pairwise(sizes)
    ]
    steps, left = divmod(rows, batch)

    def step(first: tf.Tensor, size: int) -> Tensors:
        values = [tf.slice(inputs, [first, 0], [size, sizes[0]])]
        for matrix in weights:
            values.append(values[-1] @ matrix)
        slope = values.pop()
        slopes = []
        for layer in reversed(range(len(weights))):
            slopes.append(tf.matmul(values[layer], slope, transpose_a=True))
            if layer:
                slope = tf.matmul(slope, weights[layer], transpose_b=True)
        return slopes[::-1]

    def body(number: tf.Tensor, _: Tensors) -> tuple[tf.Tensor, Tensors]:
        return number + 1, step(number * batch, batch)

    def epoch() -> Tensors:
        # One after the other, as a training must go.
        _, last = tf.while_loop(
            lambda number, _: number < steps,
            body,
            [tf.constant(0), [tf.zeros_like(matrix) for matrix in weights]],
            parallel_iterations=1,
        )
        return [*last, *step(tf.constant(steps * batch), left)] if left else last

    return epoch


def seconds_of(epoch: Callable[[], Tensors]) -> float:
    """Run an epoch once.

    Args:
        epoch: It.

    Returns:
        How long it took until its results were there.
    """
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
    args = parser.parse_args()
    epoch = epoch_of_products(args.sizes, args.rows, args.batch)
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
