"""What to try where the loss is no longer a finite number: read from the config and the data."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnlab.config import Experiment
from nnlab.data import PreparedData

# A step of this size throws the weights of a net with scaled features about.
_LARGE_RATE = 0.1
_MODEST_RATE = 0.001
_LARGE_FEATURE = 20.0
_LARGE_DEVIATION = 0.5
_SAMPLED_ROWS = 10_000


def divergence_hints(experiment: Experiment, data: PreparedData) -> list[str]:
    """What to try after the loss has become NaN or infinite, the likeliest first.

    Args:
        experiment: The experiment.
        data: Its data.

    Returns:
        Sentences.

    Example:
        >>> from nnlab.data import prepare
        >>> experiment = Experiment.model_validate({
        ...     "data": {"dataset": "xor"},
        ...     "model": {"layers": [{"Dense": 1}]},
        ...     "training": {"optimizer": {"SGD": 50.0}, "loss": "mse", "epochs": 1},
        ... })
        >>> divergence_hints(experiment, prepare(experiment))[0]
        'Lower the learning rate, now 50: --set training.optimizer.SGD.learning_rate=0.001.'
    """
    unscaled = list(_unscaled(experiment, data))
    wild = list(_wild_initializers(experiment))
    return [*_rate(experiment), *unscaled, *wild, *_clipping(experiment), *_precision(experiment)]


def _rate(experiment: Experiment) -> Iterator[str]:
    optimizer = experiment.training.optimizer
    key = f"training.optimizer.{optimizer.display_name()}.learning_rate"
    rate = optimizer.learning_rate
    if not isinstance(rate, float | int):
        yield f"Lower the learning rates of the schedule, {rate.display_name()}: see {key}."
        return
    lower = _MODEST_RATE if rate >= _LARGE_RATE else rate / 10
    yield f"Lower the learning rate, now {rate:g}: --set {key}={lower:g}."


def _unscaled(experiment: Experiment, data: PreparedData) -> Iterator[str]:
    if experiment.data.scaling != "none":
        return
    largest = max(
        float(np.abs(values[:_SAMPLED_ROWS].astype(np.float64)).max(initial=0.0))
        for values in data.train.inputs.values()
    )
    if largest > _LARGE_FEATURE:
        images = any(spec.dtype == "uint8" for spec in data.inputs.values())
        way = "minmax" if images else "standard"
        yield f"Scale the features, which go up to {largest:g}: --set data.scaling={way}."


def _wild_initializers(experiment: Experiment) -> Iterator[str]:
    for path, layer in experiment.model.named_layers():
        initializer = getattr(layer, "kernel_initializer", None)
        uniform = max(abs(getattr(initializer, end, 0.0)) for end in ("minval", "maxval"))
        deviation = max(getattr(initializer, "stddev", 0.0), uniform / np.sqrt(3))
        if deviation >= _LARGE_DEVIATION:
            key = ".".join(str(part) for part in ("model", *path, "kernel_initializer"))
            yield f"Start with smaller weights than {initializer}: --set {key}=he_normal."
            return


def _clipping(experiment: Experiment) -> Iterator[str]:
    optimizer = experiment.training.optimizer
    if all(getattr(optimizer, key) is None for key in ("clipnorm", "clipvalue", "global_clipnorm")):
        key = f"training.optimizer.{optimizer.display_name()}.clipnorm"
        yield f"Clip the gradients: --set {key}=1.0."


def _precision(experiment: Experiment) -> Iterator[str]:
    if experiment.training.dtype_policy == "mixed_float16":
        yield "float16 ends at 65504: --set training.dtype_policy=mixed_bfloat16."
