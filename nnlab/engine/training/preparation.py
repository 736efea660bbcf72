"""A model made ready to train: compiled, with every variable that it trains with."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf

from nnlab.config import Experiment
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.metrics import Metric
from nnlab.engine.batches.data_adapter import DataAdapter
from nnlab.engine.models.compilation import build_optimizer, compile_model
from nnlab.engine.models.keras_objects import to_keras
from nnlab.errors import ConfigError, Diagnostic

_FEW = 2


def prepare_training(model: keras.Model, experiment: Experiment, adapter: DataAdapter) -> None:
    """Compile a model, and make the variables of its metrics and its optimizer.

    A first step that makes variables is traced twice, which takes 0.2 s. ScheduleFreeAdamW, built
    in one, even forgets where the weights start. And losses and metrics that do not fit the targets
    show before there is a run.

    Args:
        model: The model that `build_model` made.
        experiment: The experiment.
        adapter: Its batches.

    Raises:
        ConfigError: Keras refuses a word's arguments, or cannot compute a loss or a metric.
    """
    with warnings.catch_warnings():
        # With deterministic operations Keras takes XLA back, for the sake of some that no word of
        # ours stands for.
        warnings.filterwarnings("ignore", "Model doesn't support `jit_compile=True`")
        compile_model(model, experiment)
    if experiment.training.jit_compile is True:
        model._jit_compile = True  # noqa: SLF001 - the public setter takes it back again
    batch = tf.nest.map_structure(lambda array: array[: adapter.batch_size], adapter.train_arrays)
    try:
        model._symbolic_build(data_batch=batch)  # noqa: SLF001 - as `fit` does on other backends
    except (RuntimeError, TypeError, ValueError) as error:
        raise ConfigError(
            tuple(_issues(model, experiment, adapter)) or (_some_issue(error),)
        ) from error
    build_optimizer(model)


def _issues(
    model: keras.Model, experiment: Experiment, adapter: DataAdapter
) -> Iterator[Diagnostic]:
    """The losses and metrics that do not fit their targets: tried one by one."""
    inputs, targets = tf.nest.map_structure(lambda array: array[:_FEW], adapter.train_arrays[:2])
    outputs = model(inputs, training=False)
    for path, output, word in experiment.training.judges(experiment.model.output_names):
        true = targets[output] if isinstance(targets, dict) else targets
        made = outputs[output] if isinstance(outputs, dict) else outputs
        try:
            judge = to_keras(word)
            if not isinstance(judge, str):
                judge(true, made)
        except Exception:  # noqa: BLE001 - Keras refuses with whatever happens to go wrong
            yield _issue(("training", *path), word, len(true.shape), int(made.shape[-1]))


def _issue(path: tuple[Any, ...], word: Loss | Metric, axes: int, units: int) -> Diagnostic:
    is_codes = axes == 1
    targets = "whole-number classes" if is_codes else "targets"
    message = f"{word.display_name()} cannot hold {targets} against an output of {units} units."
    hint = (
        "Take a sparse one, or one-hot classes with the loss categorical_crossentropy."
        if is_codes
        else "Take another, or change the output's units."
    )
    return Diagnostic(message, ".".join(str(part) for part in path), hint=hint)


def _some_issue(error: Exception) -> Diagnostic:
    message = f"Keras cannot compute the loss or a metric. {str(error).splitlines()[-1]}"
    hint = "Let the output's shape, the loss and the metrics fit each other."
    return Diagnostic(message, "training", hint=hint)
