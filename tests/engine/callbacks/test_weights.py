"""The weights of the best epoch, and averaged weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from nnlab.engine.callbacks import AveragedWeights, BestWeights
from nnlab.engine.callbacks.weights import ema_variables


def model_of(**optimizer: Any) -> keras.Model:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.5, **optimizer), "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def weight(model: keras.Model) -> float:
    return float(model.get_weights()[0].item())


def best_weights(model: keras.Model, write: Any = lambda: None, interval_s: float = 1e9) -> Any:
    callback = BestWeights(lambda logs: logs["good"] > 0, write, interval_s)
    callback.set_model(model)
    callback.on_train_begin()
    return callback


def after_epoch(callback: Any, epoch: int, value: float, good: float) -> None:
    callback.model.set_weights([np.full((1, 1), value, np.float32)])
    callback.on_epoch_end(epoch, {"good": good})


def test_weights_and_metrics_of_the_best_epoch_are_kept() -> None:
    model = model_of()
    callback = best_weights(model)
    for epoch, (value, good) in enumerate([(1.0, 1), (2.0, 2), (3.0, 0)]):
        after_epoch(callback, epoch, value, good)
    assert (callback.epoch, callback.logs) == (2, {"good": 2})
    assert weight(model) == 3
    callback.restore()
    assert weight(model) == 2


def test_without_a_best_epoch_the_weights_do_not_change() -> None:
    model = model_of()
    callback = best_weights(model)
    after_epoch(callback, 0, 7.0, 0)
    callback.restore()
    assert callback.epoch is None
    assert weight(model) == 7


def test_periodic_writes_have_the_best_weights() -> None:
    model, written = model_of(), []
    callback = best_weights(model, lambda: written.append(weight(model)), interval_s=0.0)
    callback._next_write_s = np.inf
    after_epoch(callback, 0, 1.0, 1)
    callback._next_write_s = 0.0
    after_epoch(callback, 1, 2.0, 0)
    # The second epoch was worse: the weights of the first are due, and set for the write only.
    assert written == [1.0]
    assert weight(model) == 2
    callback._next_write_s = 0.0
    after_epoch(callback, 2, 3.0, 0)
    assert written == [1.0]


def test_weights_are_restored_if_writing_fails() -> None:
    model = model_of()

    def refuse() -> None:
        raise OSError(28, "No space left on device", str(Path()))

    callback = best_weights(model, refuse, interval_s=0.0)
    callback._next_write_s = np.inf
    after_epoch(callback, 0, 1.0, 1)
    callback._next_write_s = 0.0
    with pytest.raises(OSError, match="No space"):
        after_epoch(callback, 1, 2.0, 0)
    assert weight(model) == 2


def test_averaged_weights_are_kept_if_the_optimizer_averages() -> None:
    model = model_of(use_ema=True, ema_momentum=0.5)
    (average,) = ema_variables(model.optimizer) or [None]
    average.assign(np.full((1, 1), 0.25, np.float32))
    callback = best_weights(model)
    after_epoch(callback, 0, 1.0, 1)
    callback.restore()
    assert weight(model) == 0.25


def test_averages_that_the_optimizer_copies_itself_are_ignored() -> None:
    assert ema_variables(model_of(use_ema=True, ema_overwrite_frequency=3).optimizer) is None
    assert ema_variables(model_of().optimizer) is None


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


@pytest.mark.slow
def test_validation_uses_the_averages_that_become_the_weights() -> None:
    model, losses = fit(AveragedWeights())
    # Keras puts the averages in place when `fit` ends.
    assert losses[-1] == model.evaluate(X, Y, verbose=0)
    assert losses != fit()[1]


@pytest.mark.slow
def test_training_is_bit_identical_with_the_callback() -> None:
    with_callback, _ = fit(AveragedWeights())
    without_callback, _ = fit()
    pairs = zip(with_callback.get_weights(), without_callback.get_weights(), strict=True)
    for weights, expected in pairs:
        np.testing.assert_array_equal(weights, expected)
