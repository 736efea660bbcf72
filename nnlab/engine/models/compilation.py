"""Compile a model with optimizer, losses and metrics from the `training` section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from nnlab.config import Experiment
from nnlab.config.vocabulary.component import Component
from nnlab.engine.models.keras_objects import keras_diagnostic, to_keras
from nnlab.errors import ConfigError, Diagnostic


def compile_model(model: keras.Model, experiment: Experiment) -> None:
    """Compile a model with the optimizer, losses and metrics of its experiment.

    Args:
        model: The model that `build_model` built for the same experiment.
        experiment: The experiment.

    Raises:
        ConfigError: Keras rejects arguments of an optimizer, loss or metric; all are reported.
    """
    training = experiment.training
    names = experiment.model.output_names
    factory = _ObjectFactory()
    optimizer = factory.create(training.optimizer, "optimizer")
    if training.dtype_policy == "mixed_float16":
        # Keras would wrap it too, but not in a saved model, which loses the optimizer's state.
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, name="loss_scale_optimizer")
    loss = factory.create_all(training.loss, "loss")
    metrics = factory.create_all(training.metrics, "metrics")
    factory.raise_errors()
    loss_weights = training.loss_weights
    if isinstance(loss_weights, list):
        loss_weights = dict(zip(names, loss_weights, strict=True))
    if loss_weights is not None:
        loss_weights = {name: loss_weights.get(name, 1.0) for name in names}
    model.compile(
        optimizer=optimizer,
        loss=_for_outputs(loss, names),
        metrics=_for_outputs(metrics, names),
        loss_weights=_for_outputs(loss_weights, names),
        jit_compile=training.jit_compile,
    )
    # Keras cannot add penalties in half precision, or in a layer's own precision, to a loss in
    # another precision.
    model._aggregate_additional_loss = _aggregate_penalty  # noqa: SLF001 - Keras has no public hook


def build_optimizer(model: keras.Model) -> None:
    """Create the optimizer's variables unless they exist.

    A LossScaleOptimizer that is built twice keeps the first ones too, and saves more variables than
    it can load.
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def _aggregate_penalty(penalty: Any) -> Any:
    """Sum a penalty, as Keras does, in the precision of the loss."""
    return keras.ops.cast(keras.ops.sum(penalty), keras.config.floatx())


class _ObjectFactory:
    """Create Keras objects, and collect Keras' errors."""

    def __init__(self) -> None:
        self._diagnostics: list[Diagnostic] = []

    def create(self, component: Component, *path: str | int) -> Any:
        """Create an object; None if Keras rejects its arguments."""
        try:
            return to_keras(component)
        except (TypeError, ValueError) as error:
            self._diagnostics.append(keras_diagnostic(("training", *path), component, (), error))
            return None

    def create_all(self, components: Any, *path: str | int) -> Any:
        """Create the objects of components in lists and dicts, in the same structure."""
        if isinstance(components, dict):
            return {key: self.create_all(value, *path, key) for key, value in components.items()}
        if isinstance(components, list):
            return [self.create_all(value, *path, i) for i, value in enumerate(components)]
        return self.create(components, *path)

    def raise_errors(self) -> None:
        """Raise all errors collected."""
        if self._diagnostics:
            raise ConfigError(tuple(self._diagnostics))


def _for_outputs(values: Any, names: Sequence[str]) -> Any:
    """Unwrap the value of a single output; Keras takes dicts by name for several outputs only."""
    return values.get(names[0]) if len(names) == 1 and isinstance(values, dict) else values
