"""The training loop of Keras' own `fit`."""

from __future__ import annotations

from typing import ClassVar

import keras

from nnlab.config.schema.training import TrainingConfig
from nnlab.data import Rows
from nnlab.engine.batches.data_adapter import DataAdapter
from nnlab.engine.callbacks import RunCallbacks
from nnlab.engine.models.compilation import build_optimizer


class KerasFit:
    """`keras.Model.fit`: a call of a compiled step for each batch."""

    name: ClassVar[str] = "keras"
    jit_failed: ClassVar[bool] = False

    def run(
        self,
        model: keras.Model,
        adapter: DataAdapter,
        training: TrainingConfig,
        callbacks: RunCallbacks,
        initial_epoch: int = 0,
    ) -> None:
        """See `nnlab.engine.loops.loop.Loop.run`."""
        # `fit` would build it in its first step, where ScheduleFreeAdamW loses the initial weights.
        build_optimizer(model)
        model.fit(
            adapter.training_dataset(initial_epoch),
            initial_epoch=initial_epoch,
            epochs=training.epochs,
            steps_per_epoch=adapter.steps_per_epoch,
            validation_data=adapter.validation_dataset(),
            # The dataset is shuffled already.
            shuffle=False,
            callbacks=callbacks,
            verbose=0,
        )

    def evaluate(
        self, model: keras.Model, adapter: DataAdapter, rows: Rows, callbacks: RunCallbacks
    ) -> dict[str, float]:
        """See `nnlab.engine.loops.loop.Loop.evaluate`."""
        batches = adapter.evaluation_dataset(rows)
        logs: dict[str, float] = model.evaluate(
            batches, verbose=0, return_dict=True, callbacks=callbacks
        )
        return logs
