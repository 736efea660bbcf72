"""The training loop that runs whole epochs on the device."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
import tensorflow as tf

from nnlab.config.schema.training import TrainingConfig
from nnlab.data import Rows
from nnlab.engine.batches import DataAdapter, batch_spec
from nnlab.engine.callbacks import RunCallbacks
from nnlab.engine.loops.batch_loop import BatchAccess, BatchLoop
from nnlab.engine.loops.epoch_pass import NO_JIT, EpochPass, JitCompile
from nnlab.engine.loops.epochs import (
    ChunkSizer,
    EpochParts,
    EpochRunner,
    GroupedEpochRunner,
    evaluate,
)
from nnlab.engine.loops.rows import DeviceRows, RowSource, StreamedRows
from nnlab.engine.models.compilation import build_optimizer


class CompiledEpochs:
    """Keras' own `train_step` and `test_step` in a loop within a graph, compiled by XLA or not.

    `fit` calls the device for each step. This loop does so for each epoch, three times a second in
    long epochs, and once for many short ones. The results are those of `fit` on the same batches.

    Args:
        jit_compile: The batches whose steps XLA compiles; those of validation if it compiles a
            smaller last batch.
        grouped: Whether to run groups of epochs: they are short, and no callback prevents it.
        chunk: Approximate number of rows on the device at once; None to keep all of them there.
    """

    name: ClassVar[str] = "compiled"

    def __init__(
        self, jit_compile: JitCompile, *, grouped: bool = False, chunk: int | None = None
    ) -> None:
        self._jit_compile = jit_compile
        self._grouped = grouped
        self._chunk = chunk
        self._evaluation_loop: tuple[Any, BatchLoop] | None = None
        self._training: EpochPass | None = None

    @property
    def jit_failed(self) -> bool:
        """Whether XLA failed to compile the steps, as it does not support an operation."""
        training = self._training
        is_requested = self._jit_compile.full_batches
        return is_requested and training is not None and not training.is_compiled_by_xla

    def run(
        self,
        model: keras.Model,
        adapter: DataAdapter,
        training: TrainingConfig,
        callbacks: RunCallbacks,
        initial_epoch: int = 0,
    ) -> None:
        """See `nnlab.engine.loops.loop.Loop.run`."""
        # A graph's loop cannot create the variables of metrics and optimizer.
        arrays, size = adapter.train_arrays, adapter.batch_size
        batch = tf.nest.map_structure(lambda array: array[:size], arrays)
        model._symbolic_build(data_batch=batch)  # noqa: SLF001 - as `fit` does before its first step
        build_optimizer(model)
        self._evaluation_loop = None
        if adapter.steps_per_epoch == 1:
            access = BatchAccess.FULL
        else:
            # Streamed rows arrive in the order of the pass.
            access = BatchAccess.GATHER if self._chunk is None else BatchAccess.SLICE
        loop = BatchLoop(model, model.train_step, adapter.batch_spec, access, size)
        rows = adapter.validation_arrays()
        self._training = EpochPass(loop, self._source(arrays, loop), self._jit_compile)
        parts = EpochParts(
            model,
            adapter,
            callbacks,
            self._training,
            None if rows is None else self._evaluation_pass(model, adapter, rows),
        )
        runner = GroupedEpochRunner(parts) if self._grouped else EpochRunner(parts)
        model.stop_training = False
        callbacks.on_train_begin()
        logs = runner.run(initial_epoch, training.epochs)
        model.optimizer.finalize_variable_values(model.trainable_weights)
        callbacks.on_train_end(logs)

    def evaluate(
        self, model: keras.Model, adapter: DataAdapter, rows: Rows, callbacks: RunCallbacks
    ) -> dict[str, float]:
        """See `nnlab.engine.loops.loop.Loop.evaluate`."""
        arrays = adapter.evaluation_arrays(rows)
        return evaluate(self._evaluation_pass(model, adapter, arrays), callbacks, ChunkSizer())

    def _evaluation_pass(self, model: keras.Model, adapter: DataAdapter, arrays: Any) -> EpochPass:
        """Return a pass over rows to evaluate; without XLA validation and test share a graph."""
        spec = batch_spec(arrays)
        if self._evaluation_loop is None or self._evaluation_loop[0] != spec:
            size = adapter.evaluation_batch_size
            loop = BatchLoop(model, model.test_step, spec, BatchAccess.SLICE, size)
            self._evaluation_loop = (spec, loop)
        compile_all = JitCompile(full_batches=True, last_batch=True)
        jit_compile = compile_all if self._jit_compile.last_batch else NO_JIT
        loop = self._evaluation_loop[1]
        return EpochPass(loop, self._source(arrays, loop), jit_compile)

    def _source(self, arrays: Any, loop: BatchLoop) -> RowSource:
        if self._chunk is None:
            return DeviceRows(arrays, ordered=loop.access is BatchAccess.GATHER)
        batches = max(1, self._chunk // loop.batch_size)
        return StreamedRows(arrays, batches * loop.batch_size)
