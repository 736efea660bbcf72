"""The smallest training, written by hand: one epoch on the four rows of XOR."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

features = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
classes = np.array([0, 1, 1, 0])

model = keras.Sequential(
    [keras.Input((2,)), layers.Dense(4, activation="tanh"), layers.Dense(1, activation="sigmoid")]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(features, classes, batch_size=4, epochs=1, verbose=2)
