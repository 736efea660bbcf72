"""A small model with all regularization, written by hand."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split

from benchmarks.by_hand import Stopwatch, arguments, draw_curves, print_times

args = arguments(epochs=50)
keras.utils.set_random_seed(3)

features, classes = make_moons(n_samples=1250, noise=0.2, random_state=3)
x_train, x_val, y_train, y_val = train_test_split(
    features.astype(np.float32), classes, test_size=0.2, stratify=classes, random_state=3
)

model = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Dense(64, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-4)),
        layers.BatchNormalization(),
        layers.Dropout(0.3),
        layers.Dense(64, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-4)),
        layers.BatchNormalization(),
        layers.Dropout(0.3),
        layers.Dense(1, activation="sigmoid", kernel_regularizer=keras.regularizers.L2(1e-4)),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
stopwatch = Stopwatch()
history = model.fit(
    x_train,
    y_train,
    batch_size=32,
    epochs=args.epochs,
    validation_data=(x_val, y_val),
    callbacks=[stopwatch],
    verbose=2,
)

model.save(args.folder / "model.keras")
draw_curves(history.history, args.folder)
print_times(stopwatch)
