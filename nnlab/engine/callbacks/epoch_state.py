"""The model's state at the end of an epoch, as callbacks see it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf
from numpy.typing import NDArray

Weights = list[NDArray[Any]]


@dataclass(frozen=True)
class ReplayedEpoch:
    """The state at the end of an epoch that ran in a group, for its delayed callbacks.

    Args:
        learning_rate: The learning rate.
        iterations: The optimizer's updates so far.
        weights: Returns the model's weights.
    """

    learning_rate: float
    iterations: int
    weights: Callable[[], Weights]


class EpochState:
    """The model's state at the end of the epoch that the callbacks are called for.

    This is the model's current state, unless several epochs ran as a group: then the model is
    already at the end of the last one.

    Attributes:
        seconds_before: Seconds that the epoch had taken before `on_epoch_begin` was called.
        step_graph: The graph of a training step; None if the loop does not expose it.
    """

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self._replayed: ReplayedEpoch | None = None
        self.seconds_before = 0.0
        self.step_graph: tf.Graph | None = None

    @contextlib.contextmanager
    def replay(self, epoch: ReplayedEpoch, seconds: float) -> Iterator[None]:
        """Present the state of an epoch of a group, which took `seconds`, within the block."""
        self._replayed, self.seconds_before = epoch, seconds
        try:
            yield
        finally:
            self._replayed, self.seconds_before = None, 0.0

    @property
    def learning_rate(self) -> float:
        """The learning rate."""
        if self._replayed is not None:
            return self._replayed.learning_rate
        return float(keras.ops.convert_to_numpy(self._model.optimizer.learning_rate))

    @property
    def iterations(self) -> int:
        """The optimizer's updates so far."""
        if self._replayed is not None:
            return self._replayed.iterations
        return int(self._model.optimizer.iterations)

    def weights(self) -> Callable[[], Weights]:
        """Return a function that returns these weights, even after further training."""
        if self._replayed is not None:
            return self._replayed.weights
        weights: Weights = self._model.get_weights()
        return lambda: weights


class EpochStateCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """A callback that reads the model's state at the end of the epoch it is called for.

    Attributes:
        epoch_state: The state; `RunCallbacks` sets the one that its loop updates.
    """

    epoch_state: EpochState

    def set_model(self, model: keras.Model) -> None:
        """See `keras.callbacks.Callback`."""
        super().set_model(model)
        self.epoch_state = EpochState(model)
