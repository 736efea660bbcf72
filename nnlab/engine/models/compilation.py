"""Give a model what it learns by: optimizer, losses, metrics, from the `training` section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from nnlab.config import Experiment
from nnlab.config.vocabulary.component import Component
from nnlab.engine.models.keras_errors import keras_diagnostic
from nnlab.engine.models.keras_objects import to_keras
from nnlab.errors import ConfigError, Diagnostic


def compile_model(model: keras.Model, experiment: Experiment) -> None:
    """Compile a model as its experiment says.

    Args:
        model: The model that `build_model` made of the same experiment.
        experiment: The experiment.

    Raises:
        ConfigError: Keras refuses a word's arguments; with every such word.
    """
    training = experiment.training
    names = experiment.model.output_names
    maker = _Maker()
    optimizer = maker.make(training.optimizer, "optimizer")
    if training.dtype_policy == "mixed_float16":
        # Keras would wrap it too, but forget that in a saved model, and lose the optimizer's state.
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, name="loss_scale_optimizer")
    loss = maker.make_all(training.loss, "loss")
    metrics = maker.make_all(training.metrics, "metrics")
    maker.raise_if_any()
    model.compile(
        optimizer=optimizer,
        loss=_for_outputs(loss, names),
        metrics=_for_outputs(metrics, names),
        loss_weights=_for_outputs(_weights(training.loss_weights, names), names),
        jit_compile=training.jit_compile,
    )
    # Keras cannot sum penalties on what is in half precision, or in a precision of a layer's own,
    # and the loss, which is in another.
    model._aggregate_additional_loss = _in_the_precision_of_losses  # noqa: SLF001 - no other way in


def build_optimizer(model: keras.Model) -> None:
    """Make the variables of a model's optimizer, if they are not there yet.

    A LossScaleOptimizer that is built again keeps the first ones as well, and is saved with more
    than it can be loaded with.

    Args:
        model: The compiled model.
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def _in_the_precision_of_losses(penalty: Any) -> Any:
    """A penalty, as Keras adds it to the loss."""
    return keras.ops.cast(keras.ops.sum(penalty), keras.config.floatx())


class _Maker:
    """Makes Keras objects of words; what Keras refuses becomes a fault."""

    def __init__(self) -> None:
        self._issues: list[Diagnostic] = []

    def make(self, component: Component, *path: str | int) -> Any:
        """Make the object of one word."""
        try:
            return to_keras(component)
        except (TypeError, ValueError) as error:
            self._issues.append(keras_diagnostic(("training", *path), component, (), error))
            return None

    def make_all(self, components: Any, *path: str | int) -> Any:
        """Make the objects of words in lists and dicts, in the same structure."""
        if isinstance(components, dict):
            return {key: self.make_all(value, *path, key) for key, value in components.items()}
        if isinstance(components, list):
            return [self.make_all(value, *path, place) for place, value in enumerate(components)]
        return self.make(components, *path)

    def raise_if_any(self) -> None:
        """Raise every fault found."""
        if self._issues:
            raise ConfigError(tuple(self._issues))


def _weights(
    given: list[float] | dict[str, float] | None, names: Sequence[str]
) -> dict[str, float] | None:
    """The weight of each output's loss; 1 for those left out."""
    if given is None:
        return None
    by_name = dict(zip(names, given, strict=True)) if isinstance(given, list) else given
    return {name: by_name.get(name, 1.0) for name in names}


def _for_outputs(values: Any, names: Sequence[str]) -> Any:
    """Keras wants a bare value for a model with one output, else a dict by the outputs' names."""
    return values.get(names[0]) if len(names) == 1 and isinstance(values, dict) else values
