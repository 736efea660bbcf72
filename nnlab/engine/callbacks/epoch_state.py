"""What an epoch has left, for callbacks that are told of its end."""

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
    """An epoch that was run together with others, of which callbacks are told only now.

    Args:
        learning_rate: The learning rate at its end.
        iterations: The optimizer's updates until its end.
        weights: Gives the model's weights at its end.
    """

    learning_rate: float
    iterations: int
    weights: Callable[[], Weights]


class EpochState:
    """What the model was at the end of the epoch that callbacks are told of.

    It is what the model is, unless several epochs were run at once: then the model is further
    already.

    Args:
        model: The model.

    Attributes:
        seconds_before: Seconds that the epoch had taken before callbacks were told of its
            beginning.
        step_graph: The graph of a training step; None where whoever runs epochs keeps it to
            himself.
    """

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self._past: ReplayedEpoch | None = None
        self.seconds_before = 0.0
        self.step_graph: tf.Graph | None = None

    @contextlib.contextmanager
    def of(self, past: ReplayedEpoch, seconds: float) -> Iterator[None]:
        """While callbacks are told of an epoch that was run together with others.

        Args:
            past: The epoch.
            seconds: How long it took.
        """
        self._past, self.seconds_before = past, seconds
        try:
            yield
        finally:
            self._past, self.seconds_before = None, 0.0

    @property
    def learning_rate(self) -> float:
        """The learning rate."""
        if self._past is not None:
            return self._past.learning_rate
        return float(keras.ops.convert_to_numpy(self._model.optimizer.learning_rate))

    @property
    def iterations(self) -> int:
        """The optimizer's updates so far."""
        if self._past is not None:
            return self._past.iterations
        return int(self._model.optimizer.iterations)

    def weights(self) -> Callable[[], Weights]:
        """What gives the model's weights, also when it has gone on."""
        if self._past is not None:
            return self._past.weights
        weights: Weights = self._model.get_weights()
        return lambda: weights


class EpochStateCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """A callback that asks what the model was at the end of the epoch that it is told of.

    Attributes:
        end: What the model was; `RunCallbacks` puts the one in place that its epochs are told by.
    """

    end: EpochState

    def set_model(self, model: keras.Model) -> None:
        """See `keras.callbacks.Callback`."""
        super().set_model(model)
        self.end = EpochState(model)
