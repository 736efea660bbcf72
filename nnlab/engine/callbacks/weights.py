"""The weights of a run: those of the best epoch, and their moving averages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import keras
from numpy.typing import NDArray

from nnlab.engine.callbacks.epoch_state import EpochStateCallback, Weights

ImprovementTest = Callable[[Mapping[str, float]], bool]

# A killed run loses the improvements of the last ten seconds only.
_INTERVAL_S = 10.0
# Maximum share of the training time that writing takes.
_MAX_WRITE_SHARE = 0.02


class BestWeights(EpochStateCallback):
    """Keep the weights of the best epoch: a copy in memory, written to disk periodically.

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
            averages = ema_variables(self.model.optimizer)
            if averages is None:
                self._weights = self.epoch_state.weights()
            else:
                by_variable = {
                    id(variable): keras.ops.convert_to_numpy(average)
                    for variable, average in zip(
                        self.model.trainable_variables, averages, strict=True
                    )
                }
                pairs = zip(self.model.weights, self.model.get_weights(), strict=True)
                averaged = [by_variable.get(id(variable), value) for variable, value in pairs]
                self._weights = lambda: averaged
            self._is_unwritten = True
        if self._is_unwritten and time.monotonic() >= self._next_write_s:
            start = time.monotonic()
            current = self.model.get_weights()
            self.restore()
            try:
                self._write()
            finally:
                self.model.set_weights(current)
            self._is_unwritten = False
            write_s = time.monotonic() - start
            interval_s = max(self._interval_s, write_s / _MAX_WRITE_SHARE)
            self._next_write_s = time.monotonic() + interval_s

    def restore(self) -> None:
        """Set the model's weights to the best ones, if there are any."""
        if self._weights is not None:
            self.model.set_weights(self._weights())


def ema_variables(optimizer: keras.optimizers.Optimizer) -> list[Any] | None:
    """Return the moving averages of the trainable variables that replace them after training.

    None if the optimizer keeps no averages, or copies them to the variables during training.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if not inner.use_ema or inner.ema_overwrite_frequency is not None:
        return None
    return list(inner._model_variables_moving_average)  # noqa: SLF001 - Keras' own callback reads it too


class AveragedWeights(keras.callbacks.Callback):  # type: ignore[misc]
    """Evaluate with the averages of `use_ema`, which become the weights when training ends.

    `keras.callbacks.SwapEMAWeights` swaps by adding and subtracting; the rounding would let
    validation change the training.
    """

    def __init__(self) -> None:
        super().__init__()
        self._saved_weights: list[NDArray[Any]] | None = None

    def on_test_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Replace the weights with their averages."""
        del logs
        averages = ema_variables(self.model.optimizer)
        if averages is None or self._saved_weights is not None:
            return
        variables = self.model.trainable_variables
        self._saved_weights = [keras.ops.convert_to_numpy(variable) for variable in variables]
        for variable, average in zip(variables, averages, strict=True):
            variable.assign(average)

    def on_test_end(self, logs: Mapping[str, float] | None = None) -> None:
        """Restore the weights."""
        del logs
        if self._saved_weights is None:
            return
        for variable, value in zip(
            self.model.trainable_variables, self._saved_weights, strict=True
        ):
            variable.assign(value)
        self._saved_weights = None
