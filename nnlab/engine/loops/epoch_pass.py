"""A pass over rows on the device: a call for many batches, not one for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.engine.loops.batch_loop import BatchLoop
from nnlab.engine.loops.rows import RowSource
from nnlab.engine.loops.tracing import warm_up


@dataclass(frozen=True)
class JitCompile:
    """What XLA compiles: less time for each step, at the price of compiling it first.

    Args:
        whole: Whole batches.
        last: A last batch of fewer rows, which takes as long again: XLA compiles for one size of
            batch alone.
    """

    whole: bool
    last: bool


NO_JIT = JitCompile(whole=False, last=False)


class EpochPass:
    """A pass over all rows, batch by batch.

    A step costs its arithmetic, not a way from Python to the device and back. A pass may be cut
    anywhere between two batches, which changes no number; with its first batch the metrics start
    afresh.

    Args:
        loop: The loop over batches; it takes the rows as the source gives them.
        source: Brings the rows to the device.
        xla: What XLA compiles.

    Attributes:
        steps: Batches of a pass.
    """

    def __init__(self, loop: BatchLoop, source: RowSource, xla: JitCompile) -> None:
        self._loop = loop
        self._source = source
        self.steps = -(-source.rows // loop.batch_size)
        self._xla = xla
        self._parts: tuple[_Part, ...] = ()

    @property
    def is_compiled_by_xla(self) -> bool:
        """Whether XLA compiles the whole batches; False after it could not."""
        return self._xla.whole

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics' names; known once the pass is traced."""
        return self._loop.names

    @property
    def step_graph(self) -> tf.Graph | None:
        """The graph of a step; known once the pass is traced."""
        return self._loop.step_graph

    def build(self) -> None:
        """Trace and compile; nothing is trained. A second call does nothing."""
        if self._parts:
            return
        self.trace()
        # XLA compiles for rows and an order of this length.
        held = self._source.at(np.arange(self._source.rows), 0)

        def compile_all() -> None:
            for part in self._parts:
                part.graph(held.arrays, held.order, part.like, tf.constant([held.count, 0, 0, 1]))

        warm_up(compile_all, self.retrace, self.retrace_without_xla)

    def trace(self) -> None:
        """Trace; what is to be compiled is so in the first call of `figures`."""
        rows = self._source.rows
        graph, size = self._loop.graph(xla=self._xla.whole), min(self._loop.batch_size, rows)
        rest = rows % size
        if rest and self._xla.whole:
            other = self._loop.graph(xla=self._xla.last)
            self._parts = (
                _Part.of(graph, size, 0, self.steps - 1),
                _Part.of(other, rest, self.steps - 1, self.steps),
            )
        else:
            self._parts = (_Part.of(graph, size, 0, self.steps),)

    def retrace(self) -> None:
        """Trace anew."""
        self._loop.forget()
        self.trace()

    def retrace_without_xla(self) -> None:
        """Trace anew, for XLA has no form of an operation."""
        self._xla = NO_JIT
        self.retrace()

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
        figures = self.figures(order, first, last)
        return dict(zip(self.names, figures.numpy().tolist(), strict=True))

    def figures(self, order: Any, first: int, last: int, share: Any = 1) -> Any:
        """Go through a range of batches, as `run` does, also as a part of another graph.

        Args:
            order: Positions of the rows, [rows] of int64; None: as they lie.
            first: The first batch, from 0.
            last: The batch before which to stop, above the first.
            share: 1; or 0 to go through none of them, which compiles.

        Returns:
            The metrics so far, a tensor [metrics] of float64.
        """
        result: Any = None
        for part in self._parts:
            begin, end = max(first, part.first), min(last, part.last)
            if begin < end:
                result = self._run_part(part, order, begin, end, share=share)
        return result

    def _run_part(self, part: _Part, order: Any, first: int, last: int, share: Any) -> Any:
        result: Any = None
        while first < last:
            held = self._source.at(order, first * self._loop.batch_size)
            before = held.first // self._loop.batch_size
            end = min(last, -(-(held.first + held.count) // self._loop.batch_size))
            begin = first - before
            span = [held.count, begin, begin + (end - first) * share, int(first == 0)]
            result = part.graph(held.arrays, held.order, part.like, tf.stack(span))
            first = end
        return result


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
