"""Noisy circles, written by hand: up to 3,500 epochs, with early stopping."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers
from sklearn.datasets import make_circles
from sklearn.model_selection import train_test_split

from benchmarks.by_hand import Stopwatch, arguments, draw_curves, print_times

args = arguments(epochs=3500)
keras.utils.set_random_seed(2)

features, classes = make_circles(n_samples=400, noise=0.1, factor=0.8, random_state=2)
x_train, x_val, y_train, y_val = train_test_split(
    features.astype(np.float32), classes, test_size=0.3, stratify=classes, random_state=2
)

model = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Dense(256, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
stopwatch = Stopwatch()
stopping = keras.callbacks.EarlyStopping(
    monitor="val_loss", min_delta=0.05, patience=500, restore_best_weights=True
)
history = model.fit(
    x_train,
    y_train,
    batch_size=32,
    epochs=args.epochs,
    validation_data=(x_val, y_val),
    callbacks=[stopwatch, stopping],
    verbose=2,
)

model.save(args.folder / "model.keras")
draw_curves(history.history, args.folder)
print_times(stopwatch)
