"""Give a model what it learns by: optimizer, losses, metrics, from the `training` section."""

from __future__ import annotations

from typing import Any

import keras

from nnlab.config import Experiment
from nnlab.engine.words import to_keras


def compile_model(model: keras.Model, experiment: Experiment) -> None:
    """Compile a model as its experiment says.

    Args:
        model: The model that `build_model` made of the same experiment.
        experiment: The experiment.

    Raises:
        ValueError: Keras refuses the arguments.
    """
    training = experiment.training
    names = experiment.model.output_names
    losses = (
        training.loss if isinstance(training.loss, dict) else dict.fromkeys(names, training.loss)
    )
    metrics = (
        training.metrics
        if isinstance(training.metrics, dict)
        else dict.fromkeys(names, training.metrics)
    )
    weights = training.loss_weights
    if isinstance(weights, list):
        weights = dict(zip(names, weights, strict=True))
    optimizer = to_keras(training.optimizer)
    if training.dtype_policy == "mixed_float16":
        # Keras would wrap it too, but forget that in a saved model, and lose the optimizer's state.
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, name="loss_scale_optimizer")
    model.compile(
        optimizer=optimizer,
        loss=_per_output({name: to_keras(losses[name]) for name in names}),
        metrics=_per_output(
            {name: [to_keras(word) for word in metrics.get(name, [])] for name in names}
        ),
        loss_weights=_per_output(dict(weights)) if weights is not None else None,
        jit_compile=training.jit_compile,
    )


def _per_output(values: dict[str, Any]) -> Any:
    """Keras wants a bare value for the output of a model that has one."""
    return next(iter(values.values())) if len(values) == 1 else values
