"""The interface of all training loops, and the loop of Keras' own `fit`."""

from __future__ import annotations

from typing import ClassVar, Protocol

import keras

from nnlab.config.schema.training import TrainingConfig
from nnlab.data import Rows
from nnlab.engine.batches import DataAdapter
from nnlab.engine.callbacks import RunCallbacks
from nnlab.engine.models.compilation import build_optimizer


class Loop(Protocol):
    """A training loop, which runs the epochs of a training."""

    @property
    def name(self) -> str:
        """The engine's name in records and progress."""

    @property
    def jit_failed(self) -> bool:
        """Whether XLA failed to compile the steps; known after the first one."""

    def run(
        self,
        model: keras.Model,
        adapter: DataAdapter,
        training: TrainingConfig,
        callbacks: RunCallbacks,
        initial_epoch: int = 0,
    ) -> None:
        """Train until the last epoch, or until a callback sets `model.stop_training`.

        Calls the hooks that Keras' `fit` calls: `on_train_begin`, `on_epoch_begin`, `on_epoch_end`
        with the epoch's metrics, `on_train_end`; batch hooks when it returns to Python between two
        steps. An exception from a callback ends the training immediately.

        Args:
            model: The compiled model.
            adapter: Its batches.
            training: The `training` section.
            callbacks: The callbacks.
            initial_epoch: First epoch, from 0. Defaults to 0.
        """

    def evaluate(
        self, model: keras.Model, adapter: DataAdapter, rows: Rows, callbacks: RunCallbacks
    ) -> dict[str, float]:
        """Evaluate the model on rows and return its metrics by name.

        The rows' sample weights are used; class weights only apply to training.
        """


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
