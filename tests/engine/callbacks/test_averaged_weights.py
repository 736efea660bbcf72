"""Validation with averaged weights."""

from __future__ import annotations

import keras
import numpy as np

from nnlab.engine.callbacks import AveragedWeights

X = np.linspace(-1, 1, 8, dtype=np.float32)[:, None]
Y = 3 * X


def fit(*callbacks: keras.callbacks.Callback) -> tuple[keras.Model, list[float]]:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9), "mse")
    history = model.fit(
        X, Y, validation_data=(X, Y), epochs=3, verbose=0, callbacks=list(callbacks)
    )
    return model, history.history["val_loss"]


def test_validation_uses_the_averages_that_become_the_weights() -> None:
    model, losses = fit(AveragedWeights())
    # Keras puts the averages in place when `fit` ends.
    assert losses[-1] == model.evaluate(X, Y, verbose=0)
    assert losses != fit()[1]


def test_training_is_bit_identical_with_the_callback() -> None:
    with_callback, _ = fit(AveragedWeights())
    without_callback, _ = fit()
    pairs = zip(with_callback.get_weights(), without_callback.get_weights(), strict=True)
    for weights, expected in pairs:
        np.testing.assert_array_equal(weights, expected)
