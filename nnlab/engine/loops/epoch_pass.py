"""A pass over rows on the device, with many batches per call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.engine.loops.batch_loop import BatchLoop
from nnlab.engine.loops.rows import RowSource
from nnlab.engine.runtime.xla_cache import clear_xla_cache

# Raised for a damaged program in the cache, or for an operation that XLA does not support.
_XLA_ERRORS = (
    tf.errors.DataLossError,
    tf.errors.InternalError,
    tf.errors.InvalidArgumentError,
    tf.errors.NotFoundError,
    tf.errors.OutOfRangeError,
    tf.errors.UnimplementedError,
)


@dataclass(frozen=True)
class JitCompile:
    """The batches whose steps XLA compiles.

    Args:
        full_batches: Batches of full size.
        last_batch: A smaller last batch. It doubles the compile time, as XLA compiles for a single
            batch size.
    """

    full_batches: bool
    last_batch: bool


NO_JIT = JitCompile(full_batches=False, last_batch=False)


class EpochPass:
    """A pass over all rows in batches.

    A step costs only its computation, without a round trip between Python and the device. A pass
    may be interrupted between any two batches, which does not change the results; the first batch
    resets the metrics.

    Args:
        loop: The loop over batches; its access must match the source.
        source: The rows.
        jit_compile: The batches whose steps XLA compiles.

    Attributes:
        steps: Number of batches.
    """

    def __init__(self, loop: BatchLoop, source: RowSource, jit_compile: JitCompile) -> None:
        self._loop = loop
        self._source = source
        self.steps = -(-source.rows // loop.batch_size)
        self._jit_compile = jit_compile
        self._ranges: tuple[_BatchRange, ...] = ()

    @property
    def is_compiled_by_xla(self) -> bool:
        """Whether XLA compiles the steps of full batches; False after it failed."""
        return self._jit_compile.full_batches

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the metrics; known after tracing."""
        return self._loop.names

    @property
    def step_graph(self) -> tf.Graph | None:
        """Graph of a step; known after tracing."""
        return self._loop.step_graph

    def build(self) -> None:
        """Trace and compile without training; later calls do nothing."""
        if self._ranges:
            return
        self.trace()
        # XLA compiles for the lengths of rows and order.
        chunk = self._source.chunk_at(np.arange(self._source.rows), 0)

        def compile_all() -> None:
            for part in self._ranges:
                span = tf.constant([chunk.count, 0, 0, 1])
                part.graph(chunk.arrays, chunk.order, part.like, span)

        warm_up(compile_all, self.retrace)

    def trace(self) -> None:
        """Trace; the first call of `compute_metrics` compiles."""
        rows, full_batches = self._source.rows, self._jit_compile.full_batches
        graph, size = self._loop.graph(jit_compile=full_batches), min(self._loop.batch_size, rows)
        remainder = rows % size
        if remainder and full_batches:
            last_graph = self._loop.graph(jit_compile=self._jit_compile.last_batch)
            self._ranges = (
                _BatchRange.of_size(graph, size, 0, self.steps - 1),
                _BatchRange.of_size(last_graph, remainder, self.steps - 1, self.steps),
            )
        else:
            self._ranges = (_BatchRange.of_size(graph, size, 0, self.steps),)

    def retrace(self, *, without_xla: bool) -> None:
        """Discard the graphs and trace again; without XLA if it does not support an operation."""
        if without_xla:
            self._jit_compile = NO_JIT
        self._loop.clear_graphs()
        self.trace()

    def run(self, order: NDArray[np.int64] | None, first: int, last: int) -> dict[str, float]:
        """Process a range of batches and return the metrics so far by name.

        Args:
            order: Row indices in the order of the pass, [rows]; None for their own order.
            first: The first batch, from 0, which resets the metrics.
            last: The end of the range, exclusive.
        """
        self.build()
        metrics = self.compute_metrics(order, first, last)
        return dict(zip(self.names, metrics.numpy().tolist(), strict=True))

    def compute_metrics(self, order: Any, first: int, last: int, enabled: Any = 1) -> Any:
        """Process a range of batches, as `run` does, eagerly or within a graph.

        Args:
            order: Row indices, [rows] of int64; None for their own order.
            first: The first batch, from 0.
            last: The end of the range, exclusive.
            enabled: 1, or 0 to compile without processing a batch.

        Returns:
            The metrics so far, a tensor [metrics] of float64.
        """
        result: Any = None
        for part in self._ranges:
            begin, end = max(first, part.first), min(last, part.last)
            if begin < end:
                result = self._run_range(part, order, begin, end, enabled=enabled)
        return result

    def _run_range(self, part: _BatchRange, order: Any, first: int, last: int, enabled: Any) -> Any:
        result: Any = None
        while first < last:
            chunk = self._source.chunk_at(order, first * self._loop.batch_size)
            offset = chunk.first // self._loop.batch_size
            end = min(last, -(-(chunk.first + chunk.count) // self._loop.batch_size))
            begin = first - offset
            span = [chunk.count, begin, begin + (end - first) * enabled, int(first == 0)]
            result = part.graph(chunk.arrays, chunk.order, part.like, tf.stack(span))
            first = end
        return result


@dataclass(frozen=True)
class _BatchRange:
    """A range of batches of one size, with their graph.

    Args:
        graph: The graph.
        like: A vector with the length of a batch.
        first: The first batch.
        last: The end of the range, exclusive.
    """

    graph: Any
    like: Any
    first: int
    last: int

    @classmethod
    def of_size(cls, graph: Any, size: int, first: int, last: int) -> _BatchRange:
        """Return a range of batches with `size` rows each."""
        return cls(graph, tf.zeros([size], tf.bool), first, last)


def warm_up(call: Callable[[], object], retrace: Callable[..., None]) -> None:
    """Call a graph to compile it; on failure clear the cache and retrace, then give up XLA.

    Retracing is required, as XLA keeps the failure of a graph.
    """
    try:
        call()
    except _XLA_ERRORS:
        clear_xla_cache()
        retrace(without_xla=False)
        try:
            call()
        except _XLA_ERRORS:
            retrace(without_xla=True)
            call()
