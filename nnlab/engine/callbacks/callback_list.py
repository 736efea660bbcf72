"""All callbacks of a run as one, at next to no cost for those that do not listen to steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from nnlab.engine.callbacks.epoch_state import EpochState, EpochStateCallback

_VALIDATION = "val_"


class RunCallbacks(keras.callbacks.CallbackList):  # type: ignore[misc]
    """Keras' list of callbacks, with steps that are told only to those that listen to them.

    Keras copies each figure of each step to Python and hands it to a thread. Without that an epoch
    of 320 steps is 5 to 8 % shorter. Here the figures of a step stay tensors: `float` reads one.
    Those of an epoch are floats in the order in which Keras computes them, not sorted by name.

    Args:
        callbacks: The callbacks, in the order in which they are called.
        listening: Those of them that listen to training steps.
        model: The model.
        epochs: Epochs at most.
        steps: Steps an epoch.

    Attributes:
        end: Where the callbacks learn what the model was at the end of an epoch.
    """

    def __init__(
        self,
        callbacks: Sequence[keras.callbacks.Callback],
        listening: Sequence[keras.callbacks.Callback],
        model: keras.Model,
        epochs: int,
        steps: int,
    ) -> None:
        super().__init__(
            list(callbacks), add_history=True, model=model, epochs=epochs, steps=steps, verbose=0
        )
        self._listening = list(listening)
        self.end = EpochState(model)
        for callback in self.callbacks:
            if isinstance(callback, EpochStateCallback):
                callback.end = self.end
        self._async_train = self._async_test = self._async_predict = False

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        for callback in self._listening:
            callback.on_train_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        for callback in self._listening:
            callback.on_train_batch_end(batch, logs)

    def on_test_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        for callback in self._listening:
            callback.on_test_batch_begin(batch, logs)

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        for callback in self._listening:
            callback.on_test_batch_end(batch, logs)

    def on_test_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        values = {name: float(value) for name, value in (logs or {}).items()}
        for callback in self.callbacks:
            callback.on_test_end(values)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        values = order_logs({name: float(value) for name, value in (logs or {}).items()})
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, values)


def order_logs(logs: dict[str, float]) -> dict[str, float]:
    """Figures of training, then those of validation in the same order, which Keras sorts by name.

    Args:
        logs: An epoch's values by name.

    Example:
        >>> list(order_logs({"loss": 1, "accuracy": 0, "val_accuracy": 0, "val_loss": 1}))
        ['loss', 'accuracy', 'val_loss', 'val_accuracy']
    """
    training = [name for name in logs if not name.startswith(_VALIDATION)]
    validation = [f"{_VALIDATION}{name}" for name in training if f"{_VALIDATION}{name}" in logs]
    others = [name for name in logs if name not in {*training, *validation}]
    return {name: logs[name] for name in [*training, *validation, *others]}
