"""Validation on the averaged weights, where an optimizer keeps an average of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from numpy.typing import NDArray


def ema_variables(optimizer: keras.optimizers.Optimizer) -> list[Any] | None:
    """The moving averages that an optimizer keeps of the weights and that become them in the end.

    Args:
        optimizer: A compiled model's optimizer.

    Returns:
        One variable for each trainable one; None where it keeps none, or writes them back itself
        as it goes.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if not inner.use_ema or inner.ema_overwrite_frequency is not None:
        return None
    return list(inner._model_variables_moving_average)  # noqa: SLF001 - Keras' own callback reads it too


class AveragedWeights(keras.callbacks.Callback):  # type: ignore[misc]
    """Evaluates with `use_ema`'s averaged weights, which the model gets when training ends.

    As `keras.callbacks.SwapEMAWeights`, which swaps by adding and subtracting: that rounds, so
    that validating would change the training.
    """

    def __init__(self) -> None:
        super().__init__()
        self._aside: list[NDArray[Any]] | None = None

    def on_test_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Put the averages in place of the weights."""
        del logs
        means = ema_variables(self.model.optimizer)
        if means is None or self._aside is not None:
            return
        variables = self.model.trainable_variables
        self._aside = [keras.ops.convert_to_numpy(variable) for variable in variables]
        for variable, mean in zip(variables, means, strict=True):
            variable.assign(mean)

    def on_test_end(self, logs: Mapping[str, float] | None = None) -> None:
        """Put the weights back."""
        del logs
        if self._aside is None:
            return
        for variable, value in zip(self.model.trainable_variables, self._aside, strict=True):
            variable.assign(value)
        self._aside = None
