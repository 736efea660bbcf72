"""Stochastic gradient descent, written by hand: 320 updates per epoch, one row each."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers
from sklearn.datasets import make_blobs
from sklearn.model_selection import train_test_split

from benchmarks.by_hand import Stopwatch, arguments, draw_curves, print_times

args = arguments(epochs=200)
keras.utils.set_random_seed(6)

features, classes = make_blobs(n_samples=400, centers=2, cluster_std=2.0, random_state=6)
x_train, x_val, y_train, y_val = train_test_split(
    features.astype(np.float32), classes, test_size=0.2, stratify=classes, random_state=6
)

model = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Dense(10, activation="relu"),
        layers.Dense(10, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
stopwatch = Stopwatch()
history = model.fit(
    x_train,
    y_train,
    batch_size=1,
    epochs=args.epochs,
    validation_data=(x_val, y_val),
    callbacks=[stopwatch],
    verbose=2,
)

model.save(args.folder / "model.keras")
draw_curves(history.history, args.folder)
print_times(stopwatch)
