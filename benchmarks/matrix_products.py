"""The time of the matrix products of an epoch: a lower bound for training dense layers.

Forward, and backward for the weights and, except in the first layer, for the inputs; in float32,
batch after batch in one compiled loop, each batch sliced from all rows. No activations, loss or
metrics; `--adam` adds the update of Kingma and Ba, "Adam: A Method for Stochastic Optimization"
(2014).
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
# Per layer: weights, first moments, second moments.
_ADAM_STATE = range(3)
Tensors = list[tf.Tensor]


def epoch_of_products(
    sizes: list[int], rows: int, batch: int, *, adam: bool = False
) -> Callable[[], Tensors]:
    """Return a function that computes the products of an epoch."""
    random = np.random.default_rng(0)
    inputs = tf.constant(random.random((rows, sizes[0]), np.float32))
    weights = [
        tf.constant(random.standard_normal(shape).astype(np.float32) / shape[0] ** 0.5)
        for shape in pairwise(sizes)
    ]
    zeros = [tf.zeros_like(matrix) for matrix in weights]
    steps, left = divmod(rows, batch)

    def gradients_of(first: tf.Tensor, size: int, matrices: Tensors) -> Tensors:
        values = [tf.slice(inputs, [first, 0], [size, sizes[0]])]
        for matrix in matrices:
            values.append(values[-1] @ matrix)
        gradient = values.pop()
        gradients = []
        for layer in reversed(range(len(matrices))):
            gradients.append(tf.matmul(values[layer], gradient, transpose_a=True))
            if layer:
                gradient = tf.matmul(gradient, matrices[layer], transpose_b=True)
        return gradients[::-1]

    def step(number: tf.Tensor, size: int, state: Tensors) -> Tensors:
        if not adam:
            return gradients_of(number * batch, size, weights)
        matrices, means, squares = (state[part :: len(_ADAM_STATE)] for part in _ADAM_STATE)
        gradients = gradients_of(number * batch, size, matrices)
        updates = zip(matrices, means, squares, gradients, strict=True)
        done = tf.cast(number + 1, tf.float32)
        return [tensor for update in updates for tensor in _adam(done, *update)]

    def body(number: tf.Tensor, state: Tensors) -> tuple[tf.Tensor, Tensors]:
        return number + 1, step(number, batch, state)

    def epoch() -> Tensors:
        start = [tensor for layer in zip(weights, zeros, zeros, strict=True) for tensor in layer]
        # Sequentially, like the steps of a training.
        _, last = tf.while_loop(
            lambda number, _: number < steps,
            body,
            [tf.constant(0), start if adam else zeros],
            parallel_iterations=1,
        )
        result: Tensors = last
        if left:
            end = step(tf.constant(steps), left, last)
            result = end if adam else [*last, *end]
        return result

    return epoch


def _adam(
    step: tf.Tensor, weights: tf.Tensor, mean: tf.Tensor, square: tf.Tensor, gradient: tf.Tensor
) -> Tensors:
    """Return the weights and both moments after one step of Adam."""
    mean = _BETA_1 * mean + (1 - _BETA_1) * gradient
    square = _BETA_2 * square + (1 - _BETA_2) * gradient**2
    rate = _RATE * tf.sqrt(1 - _BETA_2**step) / (1 - _BETA_1**step)
    return [weights - rate * mean / (tf.sqrt(square) + _EPSILON), mean, square]


def seconds_of(epoch: Callable[[], Tensors]) -> float:
    """Run an epoch and return its seconds."""
    start = time.perf_counter()
    for tensor in epoch():
        tensor.numpy()
    return time.perf_counter() - start


def main() -> None:
    """Print the seconds of several epochs, with and without XLA, as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--adam", action="store_true", help="Update the weights with Adam.")
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
