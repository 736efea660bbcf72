"""A pass over rows that lie on the device: a call for all its batches, not one for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.engine.loops.batch_loop import BatchLoop, Taking
from nnlab.engine.loops.first_call import call_first
from nnlab.engine.memory import as_tensor

_NO_ORDER = np.zeros([0], np.int64)


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


NO_XLA = Xla(whole=False, last=False)


class RowPass:
    """A pass over all rows, batch by batch.

    A step costs its arithmetic, not a way from Python to the device and back. A pass may be cut
    anywhere between two batches, which changes no number; with its first batch the metrics start
    afresh.

    Args:
        loop: The loop over batches.
        arrays: Inputs, targets and perhaps weights, each [rows, ...].
        xla: What XLA compiles.

    Attributes:
        steps: Batches of a pass.
    """

    def __init__(self, loop: BatchLoop, arrays: Any, xla: Xla) -> None:
        self._loop = loop
        self._rows = len(tf.nest.flatten(arrays)[0])
        self._arrays = tf.nest.map_structure(_on_device, arrays)
        self.steps = -(-self._rows // loop.batch_size)
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

    def build(self) -> None:
        """Trace and compile; nothing is trained. A second call does nothing."""
        if self._parts:
            return
        self.trace()
        # XLA compiles for an order of this length.
        order = np.zeros([self._rows], np.int64)
        call_first(
            lambda: self.figures(order, 0, self.steps, share=0), self.retrace, self.leave_xla
        )

    def trace(self) -> None:
        """Trace; what is to be compiled is so in the first call of `figures`."""
        graph, size = self._loop.graph(xla=self._xla.whole), min(self._loop.batch_size, self._rows)
        rest = self._rows % size
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

    def leave_xla(self) -> None:
        """Trace anew, for XLA has no form of an operation."""
        self._xla = NO_XLA
        self.retrace()

    def run(self, order: NDArray[np.int64] | None, first: int, last: int) -> dict[str, float]:
        """Go through a range of batches.

        Args:
            order: Positions of the rows in the order of the pass, [rows]; None where the loop takes
                them without one.
            first: The first batch, from 0. At 0 the metrics start afresh.
            last: The batch before which to stop.

        Returns:
            The metrics so far, by name.
        """
        self.build()
        figures = self.figures(_NO_ORDER if order is None else order, first, last)
        return dict(zip(self.names, figures.numpy().tolist(), strict=True))

    def figures(self, order: Any, first: int, last: int, share: Any = 1) -> Any:
        """Go through a range of batches, as `run` does, also as a part of another graph.

        Args:
            order: Positions of the rows, [rows] of int64.
            first: The first batch, from 0.
            last: The batch before which to stop, above the first.
            share: 1; or 0 to go through none of them, which compiles.

        Returns:
            The metrics so far, a tensor [metrics] of float64.
        """
        result: Any = None
        if self._loop.taking is not Taking.BY_ORDER:
            order = _NO_ORDER
        for part in self._parts:
            begin, end = max(first, part.first), min(last, part.last)
            if begin < end:
                span = [self._rows, begin, begin + (end - begin) * share, int(begin == 0)]
                order = tf.convert_to_tensor(order)
                result = part.graph(self._arrays, order, part.like, tf.stack(span))
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


def _on_device(array: NDArray[Any]) -> tf.Tensor:
    """An array on the device of the scope; on the CPU in the memory that it has."""
    return tf.identity(as_tensor(array))
