"""The epochs run on the device, over rows that lie there: a call an epoch, not one a step."""

from __future__ import annotations

import time
from typing import ClassVar

import keras
import tensorflow as tf

from nnlab.config.training import TrainingConfig
from nnlab.engine.callbacks import RunCallbacks
from nnlab.engine.feeding import Feed
from nnlab.engine.loops.pace import Pace
from nnlab.engine.loops.row_pass import RowPass, Xla


class CompiledEpochs:
    """Keras' own `train_step` and `test_step` in a loop inside a graph; XLA may compile it.

    Where a hand-written `fit` goes from Python to the device for each step, this does so for each
    epoch, and within long ones three times a second. The numbers are those of `fit` on the same
    batches.

    Args:
        xla: What XLA compiles; of validation all, where it compiles a last batch of fewer rows.
    """

    name: ClassVar[str] = "compiled"

    def __init__(self, xla: Xla) -> None:
        self._xla = xla

    def run(
        self,
        model: keras.Model,
        feed: Feed,
        training: TrainingConfig,
        callbacks: RunCallbacks,
        initial_epoch: int = 0,
    ) -> None:
        """See `nnlab.engine.loops.loop.Loop.run`."""
        _build(model, feed)
        learning = RowPass(model, model.train_step, feed.train, feed.batch_size, self._xla)
        arrays = feed.validation_arrays()
        validation = None
        if arrays is not None:
            xla = Xla(whole=self._xla.last, last=self._xla.last)
            size = feed.evaluation_batch_size
            validation = RowPass(model, model.test_step, arrays, size, xla)
        epochs = _Epochs(model, feed, callbacks, learning, validation)
        model.stop_training = False
        callbacks.on_train_begin()
        logs: dict[str, float] = {}
        for epoch in range(initial_epoch, training.epochs):
            logs = epochs.run(epoch)
            if model.stop_training:
                break
        model.optimizer.finalize_variable_values(model.trainable_weights)
        callbacks.on_train_end(logs)


class _Epochs:
    """Runs one epoch after the other, and tells the callbacks what `fit` tells them."""

    def __init__(
        self,
        model: keras.Model,
        feed: Feed,
        callbacks: RunCallbacks,
        learning: RowPass,
        validation: RowPass | None,
    ) -> None:
        self._model = model
        self._feed = feed
        self._callbacks = callbacks
        self._learning = learning
        self._validation = validation
        self._learning_pace = Pace()
        self._validation_pace = Pace()

    def run(self, epoch: int) -> dict[str, float]:
        """Run an epoch.

        Args:
            epoch: The epoch, from 0.

        Returns:
            Its figures by name.
        """
        self._callbacks.on_epoch_begin(epoch)
        logs = self._learn(epoch)
        if self._validation is not None:
            figures = self._validate(self._validation)
            logs |= {f"val_{name}": value for name, value in figures.items()}
        self._callbacks.on_epoch_end(epoch, logs)
        return logs

    def _learn(self, epoch: int) -> dict[str, float]:
        self._learning.build()
        order = self._feed.order(epoch)
        logs: dict[str, float] = {}
        first, steps = 0, self._learning.steps
        while first < steps and not self._model.stop_training:
            last = first + self._learning_pace.steps(steps - first)
            self._callbacks.on_train_batch_begin(first)
            start = time.perf_counter()
            logs = self._learning.run(order, first, last)
            self._learning_pace.took(last - first, time.perf_counter() - start)
            self._callbacks.on_train_batch_end(last - 1, logs)
            first = last
        return dict(logs)

    def _validate(self, validation: RowPass) -> dict[str, float]:
        validation.build()
        self._callbacks.on_test_begin()
        logs: dict[str, float] = {}
        first, steps = 0, validation.steps
        while first < steps:
            last = first + self._validation_pace.steps(steps - first)
            self._callbacks.on_test_batch_begin(first)
            start = time.perf_counter()
            logs = validation.run(None, first, last)
            self._validation_pace.took(last - first, time.perf_counter() - start)
            self._callbacks.on_test_batch_end(last - 1, logs)
            first = last
        self._callbacks.on_test_end(logs)
        return logs


def _build(model: keras.Model, feed: Feed) -> None:
    """Make the variables of metrics and optimizer, which a loop inside a graph cannot."""
    batch = tf.nest.map_structure(lambda array: array[: feed.batch_size], feed.train)
    model._symbolic_build(data_batch=batch)  # noqa: SLF001 - what `fit` does before its first step
    model.optimizer.build(model.trainable_variables)
