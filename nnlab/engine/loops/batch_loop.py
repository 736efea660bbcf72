"""A loop over batches within a graph, around a step of Keras, and its random numbers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from enum import Enum, auto
from functools import partial
from typing import Any

import keras
import tensorflow as tf


class BatchAccess(Enum):
    """How a batch is taken from the rows."""

    GATHER = auto()
    """The next rows of an order, by `tf.gather`."""

    SLICE = auto()
    """The next rows, by `tf.slice`."""

    FULL = auto()
    """All rows: with a single batch, their order only affects rounding."""


class BatchLoop:
    """Keras' `train_step` or `test_step` in a loop over batches of rows, as a graph.

    The rows are arguments of the graph, which is traced once for any number of rows.

    Args:
        model: The compiled model; its metrics and optimizer are built.
        step: Its `train_step` or `test_step`.
        spec: Shapes and dtypes of a batch: inputs, targets and any weights, each [None, ...].
        access: How a batch is taken from the rows.
        batch_size: Rows per batch.

    Attributes:
        names: Names of the metrics; empty before the first trace.
        step_graph: Graph of a step; None before the first trace.
    """

    def __init__(
        self,
        model: keras.Model,
        step: Callable[[Any], Any],
        spec: Any,
        access: BatchAccess,
        batch_size: int,
    ) -> None:
        self.names: tuple[str, ...] = ()
        self.batch_size = batch_size
        self.step_graph: tf.Graph | None = None
        self._model = model
        self._step = step
        self._spec = spec
        self.access = access
        self._graphs: dict[bool, Any] = {}

    def graph(self, *, jit_compile: bool) -> Any:
        """Return the graph, traced at the first call.

        Its arguments are the rows, their order [rows], a vector with the length of a batch, and
        int32 values [4]: number of rows, first batch, end (exclusive), whether to reset the
        metrics. It returns the metrics so far, [metrics] of float64. Without XLA the last batch may
        have fewer rows than the vector; XLA compiles for each length of the vector.
        """
        if jit_compile not in self._graphs:
            # Not functools.partial: tf.function handles partials by a slower path.
            def batches(rows: Any, order: Any, like: Any, span: Any) -> Any:
                return self._run_batches(rows, order, like, span, jit_compile=jit_compile)

            function = tf.function(batches, autograph=False, jit_compile=jit_compile)
            with threefry_rng() if jit_compile else contextlib.nullcontext():
                self._graphs[jit_compile] = function.get_concrete_function(
                    self._spec,
                    tf.TensorSpec([None], tf.int64),
                    tf.TensorSpec([None], tf.bool),
                    tf.TensorSpec([4], tf.int32),
                )
        return self._graphs[jit_compile]

    def clear_graphs(self) -> None:
        """Discard all graphs, to retrace them."""
        self._graphs.clear()

    def _run_batches(
        self, rows: Any, order: Any, like: Any, span: Any, *, jit_compile: bool
    ) -> Any:
        count, first, last, reset = tf.unstack(span)
        tf.cond(reset > 0, self._reset_metrics, lambda: None)
        # The size must be dynamic in the trace: Keras weights each output's loss by a static size,
        # which `fit` does not if the last batch is smaller.
        max_size = tf.shape(like)[0]

        def run_batch(number: Any) -> tuple[Any]:
            self.step_graph = tf.compat.v1.get_default_graph()
            start = number * self.batch_size
            # XLA needs the size at compile time; without XLA the last batch may be smaller.
            size = max_size if jit_compile else tf.minimum(max_size, count - start)
            self._step(self._batch(rows, order, start, size))
            return (number + 1,)

        tf.while_loop(lambda number: number < last, run_batch, [first], parallel_iterations=1)
        return self._metrics()

    def _batch(self, rows: Any, order: Any, start: Any, size: Any) -> Any:
        if self.access is BatchAccess.FULL:
            return rows
        if self.access is BatchAccess.GATHER:
            indices = tf.slice(order, [start], [size])
            return tf.nest.map_structure(lambda array: tf.gather(array, indices), rows)

        def slice_rows(array: Any) -> Any:
            axes = array.shape[1:]
            return tf.slice(array, [start, *(0 for _ in axes)], [size, *axes])

        return tf.nest.map_structure(slice_rows, rows)

    def _reset_metrics(self) -> None:
        self._model.reset_metrics()

    def _metrics(self) -> Any:
        """Return the metrics in one tensor, which takes one transfer to read."""
        metrics = self._model.get_metrics_result()
        self.names = tuple(metrics)
        return tf.stack([tf.cast(tf.reshape(value, []), tf.float64) for value in metrics.values()])


@contextlib.contextmanager
def threefry_rng() -> Iterator[None]:
    """Trace the random numbers of Keras' layers with Threefry instead of Philox.

    Philox multiplies 64-bit integers, which CPUs do not vectorize: XLA takes 18 us for 2,048
    numbers with Philox and 4 with Threefry (two cores, AVX-512), and 97 us for a whole step of a
    small net with two Dropouts. Keras does not pass an algorithm, and TensorFlow's default cannot
    be configured.

    Both are described in Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3
    (SC 2011).
    """
    with contextlib.ExitStack() as stack:
        for module, name, argument in (
            (tf.nn.experimental, "stateless_dropout", "rng_alg"),
            (tf.random, "stateless_normal", "alg"),
            (tf.random, "stateless_truncated_normal", "alg"),
            (tf.random, "stateless_uniform", "alg"),
        ):
            original = getattr(module, name)
            stack.callback(setattr, module, name, original)
            setattr(module, name, partial(original, **{argument: "threefry"}))
        yield
