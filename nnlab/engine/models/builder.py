"""Build a Keras model from the `model` section, with layers that prepare the data's rows."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from nnlab.config import Experiment
from nnlab.config.schema.graph import build_order
from nnlab.config.schema.model import FunctionalModel, SequentialModel
from nnlab.config.vocabulary.component import snake_case
from nnlab.config.vocabulary.layers import Layer
from nnlab.data.containers.prepared import InputSpec
from nnlab.engine.models.inputs import ResolvedInput, check_embeddings, resolve_inputs
from nnlab.engine.models.keras_objects import (
    UniqueNames,
    format_row_shape,
    keras_diagnostic,
    to_keras,
)
from nnlab.errors import ConfigError, Diagnostic, RunFailedError

_Path = tuple[str | int, ...]


def build_model(experiment: Experiment, inputs: Mapping[str, InputSpec]) -> keras.Model:
    """Build the model of an experiment, with initial weights drawn from its seed.

    The model is flat: inputs, layers that reshape and scale rows, the config's layers. A Sequential
    and a Functional model of the same layers and seed have bit-identical initial weights.

    Args:
        experiment: The experiment; its model, seed and dtype policy are used.
        inputs: The specs of the data's inputs by name.

    Returns:
        The model, built but not compiled. Each input is [batch, *shape], each output
        [batch, units]: a single array, or a dict of arrays by name if there are several.

    Raises:
        ConfigError: Layers do not match each other or the data.
        RunFailedError: The weights do not fit in memory.
    """
    resolved = resolve_inputs(experiment, inputs)
    check_embeddings(experiment, resolved)
    name = experiment.model.name or experiment.name
    try:
        with dtype_policy(experiment.training.dtype_policy):
            keras.utils.set_random_seed(experiment.seed)
            if isinstance(experiment.model, SequentialModel):
                model = _build_sequential(experiment.model, name, resolved[0])
            else:
                model = _build_functional(experiment.model, name, resolved)
    except tf.errors.ResourceExhaustedError as error:
        message = "The model's weights do not fit in the device's memory."
        raise RunFailedError(f"{message} Use narrower layers, or another device.") from error
    _check_output_shapes(experiment, model)
    return model


@contextlib.contextmanager
def dtype_policy(name: str) -> Iterator[None]:
    """Use a dtype policy within the block, with losses and metrics in a matching precision.

    Mixed precision computes losses in float32, and with the policy alone so would `float64`: the
    gradients would be no better than float32's, and Keras cannot add a penalty in float64 to a loss
    in float32.
    """
    previous = keras.config.dtype_policy(), keras.config.floatx()
    keras.config.set_dtype_policy(name)
    keras.config.set_floatx("float64" if name == "float64" else "float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(previous[0])
        keras.config.set_floatx(previous[1])


class _LayerFactory:
    """Create and call layers, and collect Keras' errors.

    None replaces a layer or tensor that could not be created.
    """

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []

    def create(self, path: _Path, component: Layer, name: str) -> Any:
        """Create a layer."""
        return self._attempt(path, component, (), lambda: to_keras(component, name=name))

    def call(self, path: _Path, component: Layer, layer: Any, tensors: Sequence[Any]) -> Any:
        """Call a layer on symbolic tensors, which builds it."""
        if layer is None or any(tensor is None for tensor in tensors):
            return None
        argument = tensors[0] if len(tensors) == 1 else list(tensors)
        return self._attempt(path, component, tensors, lambda: layer(argument))

    def raise_errors(self) -> None:
        """Raise all errors collected so far."""
        if self.diagnostics:
            raise ConfigError(tuple(self.diagnostics))

    def _attempt(
        self, path: _Path, component: Layer, tensors: Sequence[Any], function: Callable[[], Any]
    ) -> Any:
        try:
            return function()
        except tf.errors.ResourceExhaustedError:
            raise
        except Exception as error:  # noqa: BLE001 - Keras raises whatever its arithmetic raises
            shapes = [tensor.shape for tensor in tensors]
            self.diagnostics.append(keras_diagnostic(path, component, shapes, error))
            return None


def _build_sequential(model: SequentialModel, name: str, entry: ResolvedInput) -> keras.Model:
    preprocessing, layers = _create_stack(model, entry)
    try:
        return keras.Sequential([entry.keras_input(), *preprocessing, *layers], name=name)
    except tf.errors.ResourceExhaustedError:
        raise
    except Exception:
        # Keras builds the whole stack without reporting the layer that failed: call each one.
        preprocessing, layers = _create_stack(model, entry)
        tensor = entry.keras_input()
        for layer in preprocessing:
            tensor = layer(tensor)
        factory = _LayerFactory()
        for (path, component), layer in zip(model.named_layers(), layers, strict=True):
            tensor = factory.call(("model", *path), component, layer, [tensor])
        factory.raise_errors()
        raise


def _create_stack(model: SequentialModel, entry: ResolvedInput) -> tuple[list[Any], list[Any]]:
    """Create the preprocessing layers and the config's layers, none of them built."""
    components = model.named_layers()
    names = UniqueNames(
        [entry.name, *(component.name for _, component in components if component.name)]
    )
    preprocessing = entry.preprocessing_layers(names)
    base_names = [
        *(snake_case(type(component).__name__) for _, component in components[:-1]),
        *model.output_names,
    ]
    factory = _LayerFactory()
    layers = [
        factory.create(("model", *path), component, component.name or names.unique(name))
        for (path, component), name in zip(components, base_names, strict=True)
    ]
    factory.raise_errors()
    return preprocessing, layers


def _build_functional(
    model: FunctionalModel, name: str, resolved: Sequence[ResolvedInput]
) -> keras.Model:
    names = UniqueNames([*model.inputs, *model.layers])
    inputs = {entry.name: entry.keras_input() for entry in resolved}
    tensors = dict(inputs)
    for entry in resolved:
        for layer in entry.preprocessing_layers(names):
            tensors[entry.name] = layer(tensors[entry.name])
    factory = _LayerFactory()
    for layer_name in build_order({key: node.sources for key, node in model.layers.items()}):
        node = model.layers[layer_name]
        path = ("model", "layers", layer_name)
        layer = factory.create(path, node.layer, layer_name)
        sources = [tensors[source] for source in node.sources]
        tensors[layer_name] = factory.call(path, node.layer, layer, sources)
    factory.raise_errors()
    outputs = {output: tensors[output] for output in model.outputs}
    return keras.Model(_unwrap_single(inputs), _unwrap_single(outputs), name=name)


def _unwrap_single(tensors: dict[str, Any]) -> Any:
    return next(iter(tensors.values())) if len(tensors) == 1 else tensors


def _check_output_shapes(experiment: Experiment, model: keras.Model) -> None:
    """Raise for outputs with several axes: a loss would silently broadcast the targets."""
    if isinstance(experiment.model, SequentialModel):
        (*_, (path, _)) = experiment.model.named_layers()
        shapes = {path: model.output_shape}
    else:
        shapes = {
            ("layers", name): model.get_layer(name).output.shape
            for name in experiment.model.outputs
        }
    diagnostics = tuple(
        Diagnostic(
            "Expected an output with one axis, the units, for each row. "
            f"Received: rows of shape {format_row_shape(shape)}.",
            ".".join(map(str, ("model", *path))),
            hint="Add a Flatten before the last layers.",
        )
        for path, shape in shapes.items()
        if len(shape) != len(("batch", "units"))
    )
    if diagnostics:
        raise ConfigError(diagnostics)
