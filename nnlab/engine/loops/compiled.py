"""The epochs run on the device: a call an epoch, not one a step."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
import tensorflow as tf

from nnlab.config.schema.training import TrainingConfig
from nnlab.data import Rows
from nnlab.engine.batches.data_adapter import DataAdapter, batch_spec
from nnlab.engine.callbacks import RunCallbacks
from nnlab.engine.loops.batch_loop import BatchAccess, BatchLoop
from nnlab.engine.loops.chunk_size import ChunkSizer
from nnlab.engine.loops.epoch_pass import NO_JIT, EpochPass, JitCompile
from nnlab.engine.loops.epochs import EpochParts, EpochRunner, GroupedEpochRunner, evaluate
from nnlab.engine.loops.rows import DeviceRows, RowSource, StreamedRows
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

    def __init__(self, xla: JitCompile, *, grouped: bool = False, chunk: int | None = None) -> None:
        self._xla = xla
        self._grouped = grouped
        self._chunk = chunk
        self._evaluating: tuple[Any, BatchLoop] | None = None
        self._learning: EpochPass | None = None

    @property
    def jit_failed(self) -> bool:
        """Whether XLA was to compile the steps, and has no form of one of their operations."""
        learning = self._learning
        return self._xla.whole and learning is not None and not learning.is_compiled_by_xla

    def run(
        self,
        model: keras.Model,
        adapter: DataAdapter,
        training: TrainingConfig,
        callbacks: RunCallbacks,
        initial_epoch: int = 0,
    ) -> None:
        """See `nnlab.engine.loops.loop.Loop.run`."""
        _build(model, adapter)
        self._evaluating = None
        taking = self._taking(adapter)
        learning = BatchLoop(
            model, model.train_step, adapter.batch_spec, taking, adapter.batch_size
        )
        rows = adapter.validation_arrays()
        self._learning = EpochPass(learning, self._source(adapter.train_arrays, learning), self._xla)
        parts = EpochParts(
            model,
            adapter,
            callbacks,
            self._learning,
            None if rows is None else self._evaluation(model, adapter, rows),
        )
        epochs = GroupedEpochRunner(parts) if self._grouped else EpochRunner(parts)
        model.stop_training = False
        callbacks.on_train_begin()
        logs = epochs.run(initial_epoch, training.epochs)
        model.optimizer.finalize_variable_values(model.trainable_weights)
        callbacks.on_train_end(logs)

    def evaluate(
        self, model: keras.Model, adapter: DataAdapter, rows: Rows, callbacks: RunCallbacks
    ) -> dict[str, float]:
        """See `nnlab.engine.loops.loop.Loop.evaluate`."""
        return evaluate(
            self._evaluation(model, adapter, adapter.evaluation_arrays(rows)), callbacks, ChunkSizer()
        )

    def _evaluation(self, model: keras.Model, adapter: DataAdapter, arrays: Any) -> EpochPass:
        """A pass over rows to evaluate; without XLA one graph serves validation and test."""
        spec = batch_spec(arrays)
        if self._evaluating is None or self._evaluating[0] != spec:
            size = adapter.evaluation_batch_size
            loop = BatchLoop(model, model.test_step, spec, BatchAccess.SLICE, size)
            self._evaluating = (spec, loop)
        xla = JitCompile(whole=True, last=True) if self._xla.last else NO_JIT
        loop = self._evaluating[1]
        return EpochPass(loop, self._source(arrays, loop), xla)

    def _taking(self, adapter: DataAdapter) -> BatchAccess:
        if adapter.steps_per_epoch == 1:
            return BatchAccess.FULL
        # Streamed rows come in the order in which they are wanted.
        return BatchAccess.GATHER if self._chunk is None else BatchAccess.SLICE

    def _source(self, arrays: Any, loop: BatchLoop) -> RowSource:
        if self._chunk is None:
            return DeviceRows(arrays, ordered=loop.taking is BatchAccess.GATHER)
        batches = max(1, self._chunk // loop.batch_size)
        return StreamedRows(arrays, batches * loop.batch_size)


def _build(model: keras.Model, adapter: DataAdapter) -> None:
    """Make the variables of metrics and optimizer, which a loop inside a graph cannot."""
    batch = tf.nest.map_structure(lambda array: array[: adapter.batch_size], adapter.train_arrays)
    model._symbolic_build(data_batch=batch)  # noqa: SLF001 - what `fit` does before its first step
    build_optimizer(model)
