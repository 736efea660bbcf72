"""The weights of the best epoch: a copy in memory, written to disk periodically."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping

import keras

from nnlab.engine.callbacks.averaged_weights import ema_variables
from nnlab.engine.callbacks.epoch_state import EpochStateCallback, Weights

ImprovementTest = Callable[[Mapping[str, float]], bool]

# A killed run loses the improvements of the last ten seconds only.
_INTERVAL_S = 10.0
# Maximum share of the training time that writing takes.
_MAX_WRITE_SHARE = 0.02


class BestWeights(EpochStateCallback):
    """Keep the weights of the best epoch.

    Args:
        improves: Returns whether an epoch with these logs is the best so far.
        write: Writes the model to disk.
        interval_s: Minimum number of seconds between two writes. Defaults to 10.

    Attributes:
        epoch: The best epoch, from 1; None before the first.
        logs: Its metrics by name.
    """

    def __init__(
        self,
        improves: ImprovementTest,
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
        self._is_unwritten = False
        self._next_write_s = 0.0

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """See `keras.callbacks.Callback`."""
        del logs
        self._next_write_s = time.monotonic() + self._interval_s

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Copy the weights if they are the best so far; write the best ones if they are due."""
        metrics = dict(logs or {})
        if self._improves(metrics):
            self.epoch, self.logs = epoch + 1, metrics
            self._weights = self._current_weights()
            self._is_unwritten = True
        if self._is_unwritten and time.monotonic() >= self._next_write_s:
            start = time.monotonic()
            with self._best_weights():
                self._write()
            self._is_unwritten = False
            write_s = time.monotonic() - start
            interval_s = max(self._interval_s, write_s / _MAX_WRITE_SHARE)
            self._next_write_s = time.monotonic() + interval_s

    def restore(self) -> None:
        """Set the model's weights to the best ones, if there are any."""
        if self._weights is not None:
            self.model.set_weights(self._weights())

    def _current_weights(self) -> Callable[[], Weights]:
        """Return a function that returns the model's weights, averaged ones if it has them."""
        averages = ema_variables(self.model.optimizer)
        if averages is None:
            return self.epoch_state.weights()
        values: Weights = self.model.get_weights()
        by_variable = {
            id(variable): keras.ops.convert_to_numpy(average)
            for variable, average in zip(self.model.trainable_variables, averages, strict=True)
        }
        pairs = zip(self.model.weights, values, strict=True)
        averaged = [by_variable.get(id(variable), value) for variable, value in pairs]
        return lambda: averaged

    @contextlib.contextmanager
    def _best_weights(self) -> Iterator[None]:
        """Set the model's weights to the best ones within the block."""
        current = self.model.get_weights()
        self.restore()
        try:
            yield
        finally:
            self.model.set_weights(current)
