"""The compiled model, batches and engine of an experiment, and the state of their training."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from nnlab.config import Experiment
from nnlab.data import PreparedData
from nnlab.engine.batches import DataAdapter
from nnlab.engine.loops import EngineSelection, select_engine
from nnlab.engine.loops.loop import KerasFit
from nnlab.engine.models.builder import build_model
from nnlab.engine.models.compilation import build_optimizer, compile_model
from nnlab.engine.models.keras_objects import to_keras
from nnlab.engine.runtime.devices import Device
from nnlab.errors import ConfigError, Diagnostic
from nnlab.runs import atomic_replace, translate_os_errors

_SAMPLE_ROWS = 2


@dataclass(frozen=True)
class Trainable:
    """A compiled model with all variables, its batches, and the engine that runs its epochs."""

    model: keras.Model
    adapter: DataAdapter
    engine: EngineSelection


def make_trainable(experiment: Experiment, data: PreparedData, device: Device) -> Trainable:
    """Build and compile a model, and select its engine."""
    # Otherwise Keras numbers layers after those of earlier runs in this process: `dense_7`.
    keras.backend.clear_session()
    model = build_model(experiment, data.inputs)
    adapter = DataAdapter(experiment, data, model)
    prepare_training(model, experiment, adapter)
    engine = select_engine(experiment, adapter, model, device)
    # In trainings too short for XLA, TensorFlow's graph optimizer takes a third of the time before
    # the first step (nine sigmoid layers: 0.28 s against 0.19 s) and makes no epoch faster.
    is_optimized = engine.choice.jit_compile or engine.loop.name == KerasFit.name
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": not is_optimized})
    return Trainable(model, adapter, engine)


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
        misfits = tuple(_misfits(model, experiment, adapter))
        if not misfits:
            message = f"Keras cannot compute the loss or a metric. {str(error).splitlines()[-1]}"
            hint = "Check the shape of the output, the loss and the metrics."
            misfits = (Diagnostic(message, "training", hint=hint),)
        raise ConfigError(misfits) from error
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
            is_codes = len(true.shape) == 1
            kind = "whole-number classes" if is_codes else "targets"
            units = f"an output of {int(predicted.shape[-1])} units"
            message = f"{component.display_name()} cannot compare {kind} with {units}."
            hint = (
                "Use a sparse one, or one-hot classes with the loss categorical_crossentropy."
                if is_codes
                else "Use another, or change the units of the output."
            )
            key = ".".join(map(str, ("training", *path)))
            yield Diagnostic(message, key, hint=hint)


def save_state(model: keras.Model, path: Path) -> None:
    """Write the state of a training atomically."""
    values = [keras.ops.convert_to_numpy(variable) for variable in _variables(model)]
    with translate_os_errors(path), atomic_replace(path) as temporary:
        np.savez(temporary, *values)


def restore_state(model: keras.Model, path: Path) -> None:
    """Restore the state of a model with the same layers and optimizer."""
    with np.load(path) as saved:
        for variable, name in zip(_variables(model), saved.files, strict=True):
            variable.assign(saved[name])


def _variables(model: keras.Model) -> list[keras.Variable]:
    return [*model.variables, *model.optimizer.variables]
