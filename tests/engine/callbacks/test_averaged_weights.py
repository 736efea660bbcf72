"""Validation with averaged weights."""

from __future__ import annotations

import keras
import numpy as np

from nnlab.engine.callbacks import AveragedWeights

X = np.linspace(-1, 1, 8, dtype=np.float32)[:, None]
Y = 3 * X


def fitted(*callbacks: keras.callbacks.Callback) -> tuple[keras.Model, list[float]]:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9), "mse")
    history = model.fit(
        X, Y, validation_data=(X, Y), epochs=3, verbose=0, callbacks=list(callbacks)
    )
    return model, history.history["val_loss"]


def test_validation_is_done_with_the_average_that_training_ends_with() -> None:
    model, losses = fitted(AveragedWeights())
    # Keras puts the averages in place when `fit` ends.
    assert losses[-1] == model.evaluate(X, Y, verbose=0)
    assert losses != fitted()[1]


def test_training_goes_on_with_the_very_same_bits() -> None:
    watched, _ = fitted(AveragedWeights())
    alone, _ = fitted()
    for one, other in zip(watched.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
