"""What every engine does."""

from __future__ import annotations

from typing import Protocol

import keras

from nnlab.config.schema.training import TrainingConfig
from nnlab.data import Rows
from nnlab.engine.batches.data_adapter import DataAdapter
from nnlab.engine.callbacks import RunCallbacks


class Loop(Protocol):
    """Runs the epochs of a training.

    Attributes:
        name: What records and progress call it.
        jit_failed: Whether XLA was to compile the steps, and could not.
    """

    @property
    def name(self) -> str:
        """What records and progress call it."""

    @property
    def jit_failed(self) -> bool:
        """Whether XLA was to compile the steps, and could not; known when they have run."""

    def run(
        self,
        model: keras.Model,
        adapter: DataAdapter,
        training: TrainingConfig,
        callbacks: RunCallbacks,
        initial_epoch: int = 0,
    ) -> None:
        """Train until the last epoch, or until a callback sets `model.stop_training`.

        Calls of each callback what Keras' `fit` does: `on_train_begin`, `on_epoch_begin`,
        `on_epoch_end` with the epoch's figures, `on_train_end`; those of steps where it comes back
        to Python between them. What a callback raises ends the training at once.

        Args:
            model: The compiled model.
            adapter: Its batches.
            training: How it is trained.
            callbacks: What listens.
            initial_epoch: The first epoch, from 0: those before it were trained earlier.
        """

    def evaluate(
        self, model: keras.Model, adapter: DataAdapter, rows: Rows, callbacks: RunCallbacks
    ) -> dict[str, float]:
        """Evaluate the model, as it is, on rows.

        Args:
            model: The compiled model.
            adapter: What makes batches of the rows.
            rows: The rows. Their own weights count; class weights are for training alone.
            callbacks: What listens.

        Returns:
            The figures by name.
        """
