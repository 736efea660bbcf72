"""The weights that a run reports on: a copy in memory, now and then one on disk."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping

import keras

from nnlab.engine.callbacks.averaged_weights import ema_variables
from nnlab.engine.callbacks.epoch_state import EpochStateCallback, Weights

Improves = Callable[[Mapping[str, float]], bool]

# A long run that is killed keeps what it had ten seconds before.
_INTERVAL_S = 10.0
_LARGEST_SHARE = 0.02


class BestWeights(EpochStateCallback):
    """Keeps the best epoch's weights.

    Args:
        improves: Given an epoch's values by name: whether it is the best so far.
        write: Writes the model, as it is then, to disk.
        interval_s: Seconds between two writes at least.

    Attributes:
        epoch: The best epoch, from 1; None before there is one.
        logs: Its values by name.
    """

    def __init__(
        self,
        improves: Improves,
        write: Callable[[], None],
        interval_s: float = _INTERVAL_S,
    ) -> None:
        super().__init__()
        self.epoch: int | None = None
        self.logs: dict[str, float] = {}
        self._improves = improves
        self._write = write
        self._interval_s = interval_s
        self._weights: Callable[[], Weights] | None = None
        self._unwritten = False
        self._due = 0.0

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        del logs
        self._due = time.monotonic() + self._interval_s

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Copy the weights where they are the best so far; write the best ones where it is time."""
        values = dict(logs or {})
        if self._improves(values):
            self.epoch, self.logs = epoch + 1, values
            self._weights = self._current()
            self._unwritten = True
        if self._unwritten and time.monotonic() >= self._due:
            start = time.monotonic()
            with self._best_in_place():
                self._write()
            self._unwritten = False
            took = time.monotonic() - start
            self._due = time.monotonic() + max(self._interval_s, took / _LARGEST_SHARE)

    def restore(self) -> None:
        """Give the model its best weights; where there are none yet, leave it those that it has."""
        if self._weights is not None:
            self.model.set_weights(self._weights())

    def _current(self) -> Callable[[], Weights]:
        """The model's weights; averaged ones where these are what it is validated with."""
        means = ema_variables(self.model.optimizer)
        if means is None:
            return self.end.weights()
        values: Weights = self.model.get_weights()
        by_variable = {
            id(variable): keras.ops.convert_to_numpy(mean)
            for variable, mean in zip(self.model.trainable_variables, means, strict=True)
        }
        pairs = zip(self.model.weights, values, strict=True)
        averaged = [by_variable.get(id(variable), value) for variable, value in pairs]
        return lambda: averaged

    @contextlib.contextmanager
    def _best_in_place(self) -> Iterator[None]:
        """Lend the model its best weights."""
        current = self.model.get_weights()
        self.restore()
        try:
            yield
        finally:
            self.model.set_weights(current)
