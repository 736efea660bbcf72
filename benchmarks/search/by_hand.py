"""A random search with Keras Tuner, as in its guide: depth, units, dropout, optimizer."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import keras
import keras_tuner
import numpy as np
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

parser = argparse.ArgumentParser()
parser.add_argument("--trials", type=int, default=60)
parser.add_argument("--seed", type=int, default=14)
parser.add_argument("--folder", type=Path, default=Path())
args = parser.parse_args()

keras.utils.set_random_seed(args.seed)

FEATURES = ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity"]
table = load_breast_cancer(as_frame=True)
columns = [f"mean {name}" for name in [*FEATURES, "symmetry"]]
features = table.data[columns].to_numpy(np.float32)
x_rest, x_test, y_rest, y_test = train_test_split(
    features, table.target, test_size=0.2, stratify=table.target, random_state=args.seed
)
x_train, x_val, y_train, y_val = train_test_split(
    x_rest, y_rest, test_size=0.25, stratify=y_rest, random_state=args.seed
)
scaler = StandardScaler().fit(x_train)
x_train, x_val, x_test = map(scaler.transform, (x_train, x_val, x_test))


def build_model(hp: keras_tuner.HyperParameters) -> keras.Model:
    """Build the model of one trial."""
    model = keras.Sequential([keras.Input((len(columns),))])
    model.add(layers.Dense(hp.Int("units", 8, 128, step=8), activation="relu"))
    for number in range(hp.Int("hidden_layers", 0, 10)):
        units = hp.Int(f"units_{number}", 8, 128, step=8)
        model.add(layers.Dense(units, activation="relu"))
        model.add(layers.Dropout(hp.Choice(f"dropout_{number}", [n / 10 for n in range(1, 10)])))
    model.add(layers.Dense(1, activation="sigmoid"))
    optimizer = hp.Choice("optimizer", ["adam", "sgd", "rmsprop", "adadelta"])
    model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    return model


tuner = keras_tuner.RandomSearch(
    build_model,
    objective="val_accuracy",
    max_trials=args.trials,
    seed=args.seed,
    directory=args.folder,
    project_name="search",
)
tuner.search(
    x_train,
    y_train,
    validation_data=(x_val, y_val),
    batch_size=32,
    epochs=20,
    verbose=0,
)
best = tuner.oracle.get_best_trials()[0]
print(json.dumps({"best": best.score, "trials": len(tuner.oracle.trials)}))
