"""Preparation of a model for training: compilation, and all variables."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf

from nnlab.config import Experiment
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.metrics import Metric
from nnlab.engine.batches import DataAdapter
from nnlab.engine.models.compilation import build_optimizer, compile_model
from nnlab.engine.models.keras_objects import to_keras
from nnlab.errors import ConfigError, Diagnostic

_SAMPLE_ROWS = 2


def prepare_training(model: keras.Model, experiment: Experiment, adapter: DataAdapter) -> None:
    """Compile a model, and create the variables of its metrics and optimizer.

    A first step that creates variables is traced twice, which takes 0.2 s, and ScheduleFreeAdamW
    then loses the initial weights. Losses and metrics that do not fit the targets are reported
    before the run is created.
    """
    with warnings.catch_warnings():
        # With deterministic operations Keras disables XLA, for layers outside the vocabulary.
        warnings.filterwarnings("ignore", "Model doesn't support `jit_compile=True`")
        compile_model(model, experiment)
    if experiment.training.jit_compile is True:
        model._jit_compile = True  # noqa: SLF001 - the public setter disables it again
    batch = tf.nest.map_structure(lambda array: array[: adapter.batch_size], adapter.train_arrays)
    try:
        model._symbolic_build(data_batch=batch)  # noqa: SLF001 - as `fit` does on other backends
    except (RuntimeError, TypeError, ValueError) as error:
        raise ConfigError(
            tuple(_misfits(model, experiment, adapter)) or (_unknown_misfit(error),)
        ) from error
    build_optimizer(model)


def _misfits(
    model: keras.Model, experiment: Experiment, adapter: DataAdapter
) -> Iterator[Diagnostic]:
    """Yield the losses and metrics that do not fit their targets, tried one by one."""
    inputs, targets = tf.nest.map_structure(
        lambda array: array[:_SAMPLE_ROWS], adapter.train_arrays[:2]
    )
    outputs = model(inputs, training=False)
    for path, output, component in experiment.training.losses_and_metrics(
        experiment.model.output_names
    ):
        true = targets[output] if isinstance(targets, dict) else targets
        predicted = outputs[output] if isinstance(outputs, dict) else outputs
        try:
            keras_object = to_keras(component)
            if not isinstance(keras_object, str):
                keras_object(true, predicted)
        except Exception:  # noqa: BLE001 - Keras raises errors of any type
            units = int(predicted.shape[-1])
            yield _misfit(("training", *path), component, len(true.shape), units)


def _misfit(path: tuple[Any, ...], component: Loss | Metric, axes: int, units: int) -> Diagnostic:
    is_codes = axes == 1
    targets = "whole-number classes" if is_codes else "targets"
    message = (
        f"{component.display_name()} cannot compare {targets} with an output of {units} units."
    )
    hint = (
        "Use a sparse one, or one-hot classes with the loss categorical_crossentropy."
        if is_codes
        else "Use another, or change the units of the output."
    )
    return Diagnostic(message, ".".join(str(part) for part in path), hint=hint)


def _unknown_misfit(error: Exception) -> Diagnostic:
    message = f"Keras cannot compute the loss or a metric. {str(error).splitlines()[-1]}"
    hint = "Check the shape of the output, the loss and the metrics."
    return Diagnostic(message, "training", hint=hint)
