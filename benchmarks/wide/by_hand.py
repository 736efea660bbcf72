"""Handwritten digits, written by hand: three layers of 1,024 units."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from benchmarks.by_hand import Stopwatch, arguments, draw_curves, print_times

args = arguments(epochs=4)
keras.utils.set_random_seed(42)

with np.load("../few_digits.npz") as digits:
    x_train, y_train = digits["x_train"], digits["y_train"]
    x_test, y_test = digits["x_test"], digits["y_test"]
x_train = x_train.reshape(-1, 784).astype(np.float32) / 255
x_test = x_test.reshape(-1, 784).astype(np.float32) / 255
y_train = keras.utils.to_categorical(y_train, 10)
y_test = keras.utils.to_categorical(y_test, 10)

model = keras.Sequential(
    [
        keras.Input((784,)),
        layers.Dense(1024, activation="relu"),
        layers.Dense(1024, activation="relu"),
        layers.Dense(1024, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
stopwatch = Stopwatch()
history = model.fit(
    x_train, y_train, batch_size=128, epochs=args.epochs, callbacks=[stopwatch], verbose=2
)
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)

model.save(args.folder / "model.keras")
draw_curves(history.history, args.folder)
print_times(stopwatch, test_loss=loss, test_accuracy=accuracy)
