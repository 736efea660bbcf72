"""A loop over batches inside one graph, around a step of Keras' own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

import keras
import tensorflow as tf

from nnlab.engine.loops.rng import threefry_rng


class BatchAccess(Enum):
    """How a batch's rows are taken from all rows."""

    GATHER = auto()
    """The next ones of an order."""

    SLICE = auto()
    """The next ones."""

    FULL = auto()
    """All: there is but one batch, in which the order changes nothing but rounding."""


class BatchLoop:
    """Keras' `train_step` or `test_step`, over a range of batches of rows, as one graph.

    The rows are arguments of the graph: it is traced once, whatever rows it runs on.

    Args:
        model: The compiled model; its metrics and its optimizer are built.
        step: Its `train_step` or `test_step`.
        spec: Shapes and types of a batch: inputs, targets and perhaps weights, each [None, ...].
        taking: How a batch is taken from the rows.
        batch_size: Rows a batch.

    Attributes:
        names: The metrics' names, once a graph is traced.
        taking: How a batch is taken from the rows.
        batch_size: Rows a batch.
        step_graph: The graph of a step, once one is traced.
    """

    def __init__(
        self,
        model: keras.Model,
        step: Callable[[Any], Any],
        spec: Any,
        taking: BatchAccess,
        batch_size: int,
    ) -> None:
        self.names: tuple[str, ...] = ()
        self.batch_size = batch_size
        self.step_graph: tf.Graph | None = None
        self._model = model
        self._step = step
        self._spec = spec
        self.taking = taking
        self._graphs: dict[bool, Any] = {}

    def graph(self, *, xla: bool) -> Any:
        """The graph, traced when it is asked for the first time.

        It takes the rows, their order [rows], a vector as long as a batch, and, in int32, the
        number of rows, the first batch, the batch before which to stop, and whether the metrics
        start afresh. It gives the metrics so far, [metrics] in float64. Without XLA the last batch
        may have fewer rows than the vector; XLA compiles for each length of the vector.

        Args:
            xla: Whether XLA compiles it.
        """
        if xla not in self._graphs:
            self._graphs[xla] = self._traced(xla=xla)
        return self._graphs[xla]

    def forget(self) -> None:
        """Let the next graph be traced anew."""
        self._graphs.clear()

    def _traced(self, *, xla: bool) -> Any:
        # A partial function would do, but each call of it takes a way that writes out all numbers.
        def batches(rows: Any, order: Any, like: Any, span: Any) -> Any:
            return self._batches(rows, order, like, span, xla=xla)

        traced = tf.function(batches, autograph=False, jit_compile=xla)
        with threefry_rng() if xla else contextlib.nullcontext():
            return traced.get_concrete_function(
                self._spec,
                tf.TensorSpec([None], tf.int64),
                tf.TensorSpec([None], tf.bool),
                tf.TensorSpec([4], tf.int32),
            )

    def _batches(self, rows: Any, order: Any, like: Any, span: Any, *, xla: bool) -> Any:
        count, first, last, fresh = tf.unstack(span)
        tf.cond(fresh > 0, self._reset_metrics, lambda: None)
        # The trace must not know the size: of batches of known size Keras weights each output's
        # loss by it, which `fit` does not where the last batch has fewer rows.
        most = tf.shape(like)[0]

        def batch(number: Any) -> tuple[Any]:
            self.step_graph = tf.compat.v1.get_default_graph()
            start = number * self.batch_size
            # XLA must know the size when it compiles; else the last batch is a batch like others.
            size = most if xla else tf.minimum(most, count - start)
            self._step(self._batch(rows, order, start, size))
            return (number + 1,)

        tf.while_loop(lambda number: number < last, batch, [first], parallel_iterations=1)
        return self._figures()

    def _batch(self, rows: Any, order: Any, start: Any, size: Any) -> Any:
        if self.taking is BatchAccess.FULL:
            return rows
        if self.taking is BatchAccess.GATHER:
            positions = tf.slice(order, [start], [size])
            return tf.nest.map_structure(lambda array: tf.gather(array, positions), rows)

        def sliced(array: Any) -> Any:
            axes = array.shape[1:]
            return tf.slice(array, [start, *(0 for _ in axes)], [size, *axes])

        return tf.nest.map_structure(sliced, rows)

    def _reset_metrics(self) -> None:
        self._model.reset_metrics()

    def _figures(self) -> Any:
        """The metrics in one tensor: reading each by itself is a way to the device each."""
        figures = self._model.get_metrics_result()
        self.names = tuple(figures)
        return tf.stack([tf.cast(tf.reshape(value, []), tf.float64) for value in figures.values()])
