"""The interface of all training loops."""

from __future__ import annotations

from typing import Protocol

import keras

from nnlab.config.schema.training import TrainingConfig
from nnlab.data import Rows
from nnlab.engine.batches.data_adapter import DataAdapter
from nnlab.engine.callbacks import RunCallbacks


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
