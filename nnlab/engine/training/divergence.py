"""Hints for a diverged training, derived from its config and data."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnlab.config import Experiment
from nnlab.data import PreparedData

# Typical limits for models with scaled features.
_HIGH_RATE = 0.1
_MODERATE_RATE = 0.001
_LARGE_FEATURE = 20.0
_LARGE_DEVIATION = 0.5
_MAX_ROWS = 10_000


def divergence_hints(experiment: Experiment, data: PreparedData) -> list[str]:
    """Return hints after the loss has become NaN or infinite, the most likely cause first."""
    return [
        *_learning_rate(experiment),
        *_unscaled_features(experiment, data),
        *_large_weights(experiment),
        *_missing_clipping(experiment),
        *_precision(experiment),
    ]


def _learning_rate(experiment: Experiment) -> Iterator[str]:
    optimizer = experiment.training.optimizer
    key = f"training.optimizer.{optimizer.display_name()}.learning_rate"
    rate = optimizer.learning_rate
    if not isinstance(rate, float | int):
        yield f"Lower the learning rates of the schedule {rate.display_name()}: {key}."
        return
    lower = _MODERATE_RATE if rate >= _HIGH_RATE else rate / 10
    yield f"Lower the learning rate (now {rate:g}): --set {key}={lower:g}."


def _unscaled_features(experiment: Experiment, data: PreparedData) -> Iterator[str]:
    if experiment.data.scaling != "none":
        return
    largest = max(
        float(np.abs(values[:_MAX_ROWS].astype(np.float64)).max(initial=0.0))
        for values in data.train.inputs.values()
    )
    if largest > _LARGE_FEATURE:
        images = any(spec.dtype == "uint8" for spec in data.inputs.values())
        scaling = "minmax" if images else "standard"
        yield f"Scale the features (up to {largest:g}): --set data.scaling={scaling}."


def _large_weights(experiment: Experiment) -> Iterator[str]:
    for path, layer in experiment.model.named_layers():
        initializer = getattr(layer, "kernel_initializer", None)
        uniform = max(abs(getattr(initializer, end, 0.0)) for end in ("minval", "maxval"))
        deviation = max(getattr(initializer, "stddev", 0.0), uniform / np.sqrt(3))
        if deviation >= _LARGE_DEVIATION:
            key = ".".join(str(part) for part in ("model", *path, "kernel_initializer"))
            yield f"Use smaller initial weights than {initializer}: --set {key}=he_normal."
            return


def _missing_clipping(experiment: Experiment) -> Iterator[str]:
    optimizer = experiment.training.optimizer
    if all(getattr(optimizer, key) is None for key in ("clipnorm", "clipvalue", "global_clipnorm")):
        key = f"training.optimizer.{optimizer.display_name()}.clipnorm"
        yield f"Clip the gradients: --set {key}=1.0."


def _precision(experiment: Experiment) -> Iterator[str]:
    if experiment.training.dtype_policy == "mixed_float16":
        yield "The maximum of float16 is 65504: --set training.dtype_policy=mixed_bfloat16."
