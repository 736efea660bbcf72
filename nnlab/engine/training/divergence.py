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


def divergence_hints(experiment: Experiment, data: PreparedData) -> Iterator[str]:
    """Yield hints after the loss has become NaN or infinite, the most likely cause first."""
    optimizer = experiment.training.optimizer
    key, rate = f"training.optimizer.{optimizer.display_name()}", optimizer.learning_rate
    if isinstance(rate, float | int):
        lower = _MODERATE_RATE if rate >= _HIGH_RATE else rate / 10
        yield f"Lower the learning rate (now {rate:g}): --set {key}.learning_rate={lower:g}."
    else:
        schedule = rate.display_name()
        yield f"Lower the learning rates of the schedule {schedule}: {key}.learning_rate."
    yield from _unscaled_features(experiment, data)
    yield from _large_weights(experiment)
    if all(
        getattr(optimizer, clip) is None for clip in ("clipnorm", "clipvalue", "global_clipnorm")
    ):
        yield f"Clip the gradients: --set {key}.clipnorm=1.0."
    if experiment.training.dtype_policy == "mixed_float16":
        yield "The maximum of float16 is 65504: --set training.dtype_policy=mixed_bfloat16."


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
            key = ".".join(map(str, ("model", *path, "kernel_initializer")))
            yield f"Use smaller initial weights than {initializer}: --set {key}=he_normal."
            return
