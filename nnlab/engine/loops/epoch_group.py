"""Several epochs in one call, for nets so small that coming back to Python costs more than one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.engine.callbacks import ReplayedEpoch
from nnlab.engine.loops.epoch_pass import EpochPass
from nnlab.engine.loops.packed_variables import PackedVariables
from nnlab.engine.loops.tracing import warm_up

_RATE_AND_ITERATIONS = 2
# Of states kept at a time.
_BYTES = 64 * 2**20


class EpochGroup:
    """Runs epochs one behind the other on the device, and keeps the state that each has left.

    Whoever is told of an epoch afterwards can have the weights that it ended with, and the training
    can go back to it.

    Args:
        model: The compiled model.
        learning: A pass over the training rows.
        validation: A pass over the validation rows; None without any.
    """

    def __init__(
        self, model: keras.Model, learning: EpochPass, validation: EpochPass | None
    ) -> None:
        self._model = model
        self._learning = learning
        self._passes = [learning] if validation is None else [learning, validation]
        self._states = PackedVariables(_changing(model))
        self._run: Any
        self._go_back: Any
        self._is_built = False

    @property
    def most(self) -> int:
        """Epochs that may be run at once: more would take too much memory."""
        return max(1, _BYTES // max(1, self._states.nbytes))

    def build(self, rows: int) -> None:
        """Trace and compile; nothing is trained. A second call does nothing.

        Args:
            rows: Training rows.
        """
        if self._is_built:
            return
        self._is_built = True
        for part in self._passes:
            part.trace()
        self._trace()
        no_order = tf.zeros([1, rows], tf.int64)
        warm_up(lambda: self._run(no_order, tf.constant(0)), self._retrace, self._leave_xla)

    def run(self, orders: NDArray[np.int64]) -> list[GroupedEpoch]:
        """Run epochs.

        Args:
            orders: The order of the training rows in each, [epochs, rows].

        Returns:
            What each has left.
        """
        figures, states = self._run(tf.convert_to_tensor(orders), tf.constant(1))
        return [
            self._epoch(row, states, number) for number, row in enumerate(figures.numpy().tolist())
        ]

    def _epoch(self, row: list[float], states: Any, number: int) -> GroupedEpoch:
        values, (rate, iterations) = row[:-_RATE_AND_ITERATIONS], row[-_RATE_AND_ITERATIONS:]
        names = self._learning.names
        logs, others = values[: len(names)], values[len(names) :]
        validation = self._passes[-1].names if others else ()
        past = ReplayedEpoch(
            rate,
            int(iterations),
            lambda: self._states.read(states, number, self._model.weights),
        )
        return GroupedEpoch(
            dict(zip(names, logs, strict=True)),
            dict(zip(validation, others, strict=True)),
            past,
            lambda: self._go_back(states, tf.constant(number)),
        )

    def _retrace(self) -> None:
        for part in self._passes:
            part.retrace()
        self._trace()

    def _leave_xla(self) -> None:
        for part in self._passes:
            part.retrace_without_xla()
        self._trace()

    def _trace(self) -> None:
        number = tf.TensorSpec([], tf.int32)
        orders = tf.TensorSpec([None, None], tf.int64)
        self._run = tf.function(self._epochs, autograph=False).get_concrete_function(orders, number)
        self._go_back = tf.function(self._states.restore, autograph=False)

    def _epochs(self, orders: Any, share: Any) -> Any:
        epochs = tf.shape(orders)[0]
        width = sum(len(part.names) for part in self._passes) + _RATE_AND_ITERATIONS
        figures = tf.TensorArray(tf.float64, epochs, element_shape=[width])
        states = self._states.room(epochs)

        def epoch(number: Any, figures: Any, states: Any) -> Any:
            values = [
                part.figures(orders[number], 0, part.steps, share=share) for part in self._passes
            ]
            values.append(tf.stack([self._rate(), self._iterations()]))
            return (
                number + 1,
                figures.write(number, tf.concat(values, 0)),
                self._states.write(states, number),
            )

        start = (tf.constant(0), figures, states)
        _, figures, states = tf.while_loop(
            lambda number, *_: number < epochs, epoch, start, parallel_iterations=1
        )
        return figures.stack(), [array.stack() for array in states]

    def _rate(self) -> Any:
        return tf.cast(tf.convert_to_tensor(self._model.optimizer.learning_rate), tf.float64)

    def _iterations(self) -> Any:
        return tf.cast(tf.convert_to_tensor(self._model.optimizer.iterations), tf.float64)


@dataclass(frozen=True)
class GroupedEpoch:
    """An epoch that has been run, and that callbacks are still to be told of.

    Args:
        logs: Its training figures by name.
        validation: Its validation figures by name.
        past: What it has left.
        go_back: Puts model and optimizer back to its end; the learning rate stays.
    """

    logs: dict[str, float]
    validation: dict[str, float]
    past: ReplayedEpoch
    go_back: Callable[[], Any]


def _changing(model: keras.Model) -> list[keras.Variable]:
    """What training changes; not the learning rate, which callbacks change between epochs."""
    optimizer = model.optimizer
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    rate = inner._learning_rate  # noqa: SLF001 - a variable, or a schedule
    return [*model.variables, *(one for one in optimizer.variables if one is not rate)]
