"""A pass over rows that lie on the device: a loop over batches inside one graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.engine.memory import as_tensor

# What is raised where XLA has no form of an operation.
_NOT_IN_XLA = (
    tf.errors.InvalidArgumentError,
    tf.errors.UnimplementedError,
    tf.errors.NotFoundError,
    tf.errors.InternalError,
)


@dataclass(frozen=True)
class Xla:
    """What XLA compiles: less time for each step, at the price of compiling it first.

    Args:
        whole: Whole batches.
        last: A last batch of fewer rows, which takes as long again: XLA compiles for one size of
            batch alone.
    """

    whole: bool
    last: bool


class RowPass:
    """A pass over all rows, batch by batch, through Keras' own `train_step` or `test_step`.

    The loop over the batches runs inside a graph, on rows that lie on the device: a step costs its
    arithmetic, not a way from Python to the device and back. A pass may be cut anywhere between two
    batches, which changes no number; with its first batch the metrics start afresh.

    Args:
        model: The compiled model; its metrics and its optimizer are built.
        step: Its `train_step` or `test_step`.
        arrays: Inputs, targets and perhaps weights, each [rows, ...].
        batch_size: Rows a step.
        xla: What XLA compiles.

    Attributes:
        steps: Batches of a pass.
    """

    def __init__(
        self,
        model: keras.Model,
        step: Callable[[Any], Any],
        arrays: Any,
        batch_size: int,
        xla: Xla,
    ) -> None:
        self._model = model
        self._step = step
        self._arrays = tf.nest.map_structure(_on_device, arrays)
        self._rows = len(tf.nest.flatten(arrays)[0])
        self._batch_size = min(batch_size, self._rows)
        self.steps = -(-self._rows // self._batch_size)
        self._xla = xla
        self._as_they_lie = tf.range(self._rows, dtype=tf.int64)
        self._names: list[str] = []
        self._parts: tuple[_Part, ...] = ()

    @property
    def is_compiled_by_xla(self) -> bool:
        """Whether XLA compiles the whole batches; False after it could not."""
        return self._xla.whole

    def build(self) -> None:
        """Trace and compile; nothing is trained. A second call does nothing."""
        if self._parts:
            return
        try:
            self._parts = self._built()
        except _NOT_IN_XLA:
            if not self._xla.whole:
                raise
            self._xla = Xla(whole=False, last=False)
            self._parts = self._built()

    def run(self, order: NDArray[np.int64] | None, first: int, last: int) -> dict[str, float]:
        """Go through a range of batches.

        Args:
            order: Positions of the rows in the order of the pass, [rows]; None: as they lie.
            first: The first batch, from 0. At 0 the metrics start afresh.
            last: The batch before which to stop.

        Returns:
            The metrics so far, by name.
        """
        self.build()
        positions = self._as_they_lie if order is None else tf.convert_to_tensor(order)
        figures: Any = None
        for part in self._parts:
            begin, end = max(first, part.first), min(last, part.last)
            if begin < end:
                figures = part.run(positions, begin, end)
        return dict(zip(self._names, figures.numpy().tolist(), strict=True))

    def _built(self) -> tuple[_Part, ...]:
        graph = self._traced(xla=self._xla.whole)
        rest = self._rows % self._batch_size
        if rest and self._xla.whole:
            other = graph if self._xla.last else self._traced(xla=False)
            parts: tuple[_Part, ...] = (
                _Part.of(graph, self._batch_size, 0, self.steps - 1),
                _Part.of(other, rest, self.steps - 1, self.steps),
            )
        else:
            parts = (_Part.of(graph, self._batch_size, 0, self.steps),)
        for part in parts:
            # No batch lies between a batch and itself, but all gets compiled.
            part.run(self._as_they_lie, part.first, part.first)
        return parts

    def _traced(self, *, xla: bool) -> Any:
        # A partial function would do, but each call of it takes a way that writes out all numbers.
        def batches(order: Any, like: Any, first: Any, last: Any) -> Any:
            return self._batches(order, like, first, last, xla=xla)

        graph = tf.function(batches, autograph=False, jit_compile=xla)
        number = tf.TensorSpec([], tf.int32)
        return graph.get_concrete_function(
            tf.TensorSpec([self._rows], tf.int64), tf.TensorSpec([None], tf.bool), number, number
        )

    def _batches(self, order: Any, like: Any, first: Any, last: Any, *, xla: bool) -> Any:
        tf.cond(first == 0, self._reset_metrics, lambda: None)
        # The trace must not know the size: of batches of known size Keras weights each output's
        # loss by it, which `fit` does not where the last batch has fewer rows.
        size = tf.shape(like)[0]

        def batch(number: Any) -> tuple[Any]:
            self._step(self._rows_of(order, number, size, xla=xla))
            return (number + 1,)

        tf.while_loop(lambda number: number < last, batch, [first], parallel_iterations=1)
        return self._figures()

    def _rows_of(self, order: Any, number: Any, size: Any, *, xla: bool) -> Any:
        if self.steps == 1:
            # In a single batch the order changes nothing but rounding.
            return self._arrays
        start = number * self._batch_size
        if not xla:
            # XLA must know the size when it compiles; here the last batch is a batch like others.
            size = tf.minimum(size, self._rows - start)
        positions = tf.slice(order, [start], [size])
        return tf.nest.map_structure(lambda array: tf.gather(array, positions), self._arrays)

    def _reset_metrics(self) -> None:
        self._model.reset_metrics()

    def _figures(self) -> Any:
        """The metrics in one tensor: reading each by itself is a way to the device each."""
        figures = self._model.get_metrics_result()
        self._names = list(figures)
        return tf.stack([tf.cast(tf.reshape(value, []), tf.float64) for value in figures.values()])


@dataclass(frozen=True)
class _Part:
    """The graph of a range of batches of one size.

    Args:
        graph: The graph.
        like: A vector as long as a batch.
        first: The first batch.
        last: The batch behind the last one.
    """

    graph: Any
    like: Any
    first: int
    last: int

    @classmethod
    def of(cls, graph: Any, size: int, first: int, last: int) -> _Part:
        """A part by the rows of its batches."""
        return cls(graph, tf.zeros([size], tf.bool), first, last)

    def run(self, order: Any, first: int, last: int) -> Any:
        """Run a range of batches within the part."""
        return self.graph(order, self.like, tf.constant(first), tf.constant(last))


def _on_device(array: NDArray[Any]) -> tf.Tensor:
    """An array on the device of the scope; on the CPU in the memory that it has."""
    return tf.identity(as_tensor(array))
