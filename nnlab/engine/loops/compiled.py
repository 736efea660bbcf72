"""The epochs run on the device: a call an epoch, not one a step."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
import tensorflow as tf

from nnlab.config.schema.training import TrainingConfig
from nnlab.data import Rows
from nnlab.engine.batches.batches import Feed, batch_spec
from nnlab.engine.callbacks import RunCallbacks
from nnlab.engine.loops.batch_loop import BatchLoop, Taking
from nnlab.engine.loops.chunk_size import Pace
from nnlab.engine.loops.epoch_pass import NO_XLA, RowPass, Xla
from nnlab.engine.loops.epochs import LongEpochs, Parts, ShortEpochs, evaluate
from nnlab.engine.loops.rows import ResidentRows, RowSource, StreamedRows
from nnlab.engine.models.compilation import build_optimizer


class CompiledEpochs:
    """Keras' own `train_step` and `test_step` in a loop inside a graph; XLA may compile it.

    Where a hand-written `fit` goes from Python to the device for each step, this does so for each
    epoch; within long ones three times a second, and for many short ones at once. The numbers are
    those of `fit` on the same batches.

    Args:
        xla: What XLA compiles; of validation all, where it compiles a last batch of fewer rows.
        grouped: Whether epochs are so short that several should be run at once, and no callback
            minds.
        chunk: Rows that are brought to the device at once, about; None: all, once and for all.
    """

    name: ClassVar[str] = "compiled"

    def __init__(self, xla: Xla, *, grouped: bool = False, chunk: int | None = None) -> None:
        self._xla = xla
        self._grouped = grouped
        self._chunk = chunk
        self._evaluating: tuple[Any, BatchLoop] | None = None
        self._learning: RowPass | None = None

    @property
    def xla_failed(self) -> bool:
        """Whether XLA was to compile the steps, and has no form of one of their operations."""
        learning = self._learning
        return self._xla.whole and learning is not None and not learning.is_compiled_by_xla

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
        self._evaluating = None
        taking = self._taking(feed)
        learning = BatchLoop(model, model.train_step, feed.batch_spec, taking, feed.batch_size)
        rows = feed.validation_arrays()
        self._learning = RowPass(learning, self._source(feed.train, learning), self._xla)
        parts = Parts(
            model,
            feed,
            callbacks,
            self._learning,
            None if rows is None else self._evaluation(model, feed, rows),
        )
        epochs = ShortEpochs(parts) if self._grouped else LongEpochs(parts)
        model.stop_training = False
        callbacks.on_train_begin()
        logs = epochs.run(initial_epoch, training.epochs)
        model.optimizer.finalize_variable_values(model.trainable_weights)
        callbacks.on_train_end(logs)

    def evaluate(
        self, model: keras.Model, feed: Feed, rows: Rows, callbacks: RunCallbacks
    ) -> dict[str, float]:
        """See `nnlab.engine.loops.loop.Loop.evaluate`."""
        return evaluate(self._evaluation(model, feed, feed.arrays(rows)), callbacks, Pace())

    def _evaluation(self, model: keras.Model, feed: Feed, arrays: Any) -> RowPass:
        """A pass over rows to evaluate; without XLA one graph serves validation and test."""
        spec = batch_spec(arrays)
        if self._evaluating is None or self._evaluating[0] != spec:
            size = feed.evaluation_batch_size
            loop = BatchLoop(model, model.test_step, spec, Taking.AS_THEY_LIE, size)
            self._evaluating = (spec, loop)
        xla = Xla(whole=True, last=True) if self._xla.last else NO_XLA
        loop = self._evaluating[1]
        return RowPass(loop, self._source(arrays, loop), xla)

    def _taking(self, feed: Feed) -> Taking:
        if feed.steps_per_epoch == 1:
            return Taking.WHOLE
        # Streamed rows come in the order in which they are wanted.
        return Taking.BY_ORDER if self._chunk is None else Taking.AS_THEY_LIE

    def _source(self, arrays: Any, loop: BatchLoop) -> RowSource:
        if self._chunk is None:
            return ResidentRows(arrays, ordered=loop.taking is Taking.BY_ORDER)
        batches = max(1, self._chunk // loop.batch_size)
        return StreamedRows(arrays, batches * loop.batch_size)


def _build(model: keras.Model, feed: Feed) -> None:
    """Make the variables of metrics and optimizer, which a loop inside a graph cannot."""
    batch = tf.nest.map_structure(lambda array: array[: feed.batch_size], feed.train)
    model._symbolic_build(data_batch=batch)  # noqa: SLF001 - what `fit` does before its first step
    build_optimizer(model)
