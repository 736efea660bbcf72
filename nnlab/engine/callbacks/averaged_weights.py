"""Validation on the moving average of the weights, for optimizers that keep one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from numpy.typing import NDArray


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
