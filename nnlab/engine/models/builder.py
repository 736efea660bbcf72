"""From the `model` section to a Keras model that takes the data's rows as they are."""

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
from nnlab.engine.models.embeddings import check_embeddings
from nnlab.engine.models.inputs import ResolvedInput, resolve_inputs
from nnlab.engine.models.keras_errors import keras_diagnostic, format_row_shape
from nnlab.engine.models.keras_objects import to_keras
from nnlab.engine.models.unique_names import UniqueNames
from nnlab.errors import ConfigError, Diagnostic, RunFailedError

_Path = tuple[str | int, ...]


def build_model(experiment: Experiment, inputs: Mapping[str, InputSpec]) -> keras.Model:
    """Build the model of an experiment, its initial weights drawn from the experiment's seed.

    One flat model: the inputs, what reshapes and scales their rows, the user's layers. A Sequential
    and a Functional model of the same layers and seed start with the same weights, bit for bit.

    Args:
        experiment: The experiment; its model, seed and dtype policy count.
        inputs: What each input of the data is.

    Returns:
        The model, built, not compiled. It takes and gives one array where it has one input and one
        output, else dicts of arrays by name.

    Raises:
        ConfigError: Layers do not fit each other or the data; with the path of each.
        RunFailedError: The weights do not fit into memory.
    """
    found = resolve_inputs(experiment, inputs)
    diagnostics = tuple(check_embeddings(experiment, {entry.name: entry for entry in found}))
    if diagnostics:
        raise ConfigError(diagnostics)
    name = experiment.model.name or experiment.name
    with dtype_policy(experiment.training.dtype_policy), _within_memory():
        keras.utils.set_random_seed(experiment.seed)
        if isinstance(experiment.model, SequentialModel):
            model = _sequential(experiment.model, name, found[0])
        else:
            model = _functional(experiment.model, name, found)
    _require_one_axis(experiment, model)
    return model


@contextlib.contextmanager
def dtype_policy(name: str) -> Iterator[None]:
    """Make layers inside the block with a precision, and compute losses and metrics with it.

    Mixed precision computes losses in float32. The policy alone would leave them so for `float64`,
    too: the gradients would be no better than float32's, and Keras adds no penalty in float64 to a
    loss in float32.

    Args:
        name: `float32`, `float64`, `mixed_float16` or `mixed_bfloat16`.

    Yields:
        Nothing.
    """
    before = keras.config.dtype_policy(), keras.config.floatx()
    keras.config.set_dtype_policy(name)
    keras.config.set_floatx("float64" if name == "float64" else "float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before[0])
        keras.config.set_floatx(before[1])


class _LayerMaker:
    """Makes and calls layers.

    What Keras refuses becomes a fault; None stands for a layer or a tensor that is not there.
    """

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []

    def make(self, path: _Path, component: Layer, name: str) -> Any:
        """Make a layer."""
        return self._attempt(path, component, (), lambda: to_keras(component, name=name))

    def call(self, path: _Path, component: Layer, layer: Any, tensors: Sequence[Any]) -> Any:
        """Call a layer on symbolic tensors, which builds it."""
        if layer is None or any(tensor is None for tensor in tensors):
            return None
        argument = tensors[0] if len(tensors) == 1 else list(tensors)
        return self._attempt(path, component, tensors, lambda: layer(argument))

    def raise_if_any(self) -> None:
        """Raise every fault found so far."""
        if self.diagnostics:
            raise ConfigError(tuple(self.diagnostics))

    def _attempt(
        self, path: _Path, component: Layer, tensors: Sequence[Any], make: Callable[[], Any]
    ) -> Any:
        try:
            return make()
        except tf.errors.ResourceExhaustedError:
            raise
        except Exception as error:  # noqa: BLE001 - Keras refuses with whatever its arithmetic happens to raise
            shapes = [tensor.shape for tensor in tensors]
            self.diagnostics.append(keras_diagnostic(path, component, shapes, error))
            return None


def _sequential(model: SequentialModel, name: str, entry: ResolvedInput) -> keras.Model:
    preparation, layers = _stack(model, entry)
    try:
        return keras.Sequential([entry.tensor(), *preparation, *layers], name=name)
    except tf.errors.ResourceExhaustedError:
        raise
    except Exception:
        # Keras builds the stack in one go and does not say where it failed: one layer after the
        # other does.
        _call_each(model, entry)
        raise


def _stack(model: SequentialModel, entry: ResolvedInput) -> tuple[list[Any], list[Any]]:
    """The layers that prepare the rows, and the user's; none of them built."""
    components = model.named_layers()
    names = UniqueNames([entry.name, *(component.name for _, component in components if component.name)])
    preparation = entry.preparation(names)
    wanted = [
        *(snake_case(type(component).__name__) for _, component in components[:-1]),
        *model.output_names,
    ]
    maker = _LayerMaker()
    layers = [
        maker.make(("model", *path), component, component.name or names.fresh(name))
        for (path, component), name in zip(components, wanted, strict=True)
    ]
    maker.raise_if_any()
    return preparation, layers


def _call_each(model: SequentialModel, entry: ResolvedInput) -> None:
    preparation, layers = _stack(model, entry)
    tensor = entry.tensor()
    for layer in preparation:
        tensor = layer(tensor)
    maker = _LayerMaker()
    for (path, component), layer in zip(model.named_layers(), layers, strict=True):
        tensor = maker.call(("model", *path), component, layer, [tensor])
    maker.raise_if_any()


def _functional(model: FunctionalModel, name: str, found: Sequence[ResolvedInput]) -> keras.Model:
    names = UniqueNames([*model.inputs, *model.layers])
    inputs = {entry.name: entry.tensor() for entry in found}
    tensors = dict(inputs)
    for entry in found:
        for layer in entry.preparation(names):
            tensors[entry.name] = layer(tensors[entry.name])
    maker = _LayerMaker()
    for layer_name in build_order({key: node.sources for key, node in model.layers.items()}):
        node = model.layers[layer_name]
        path = ("model", "layers", layer_name)
        layer = maker.make(path, node.layer, layer_name)
        sources = [tensors[source] for source in node.sources]
        tensors[layer_name] = maker.call(path, node.layer, layer, sources)
    maker.raise_if_any()
    outputs = {output: tensors[output] for output in model.outputs}
    return keras.Model(_one_or_all(inputs), _one_or_all(outputs), name=name)


def _one_or_all(tensors: dict[str, Any]) -> Any:
    return next(iter(tensors.values())) if len(tensors) == 1 else tensors


def _require_one_axis(experiment: Experiment, model: keras.Model) -> None:
    """Refuse outputs of several axes: a loss would stretch the targets over them silently."""
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
            "The output must be one row of numbers for each row of data. "
            f"Received: rows of shape {format_row_shape(shape)}.",
            ".".join(map(str, ("model", *path))),
            hint="Put Flatten in front of the last layers.",
        )
        for path, shape in shapes.items()
        if len(shape) != len(("batch", "units"))
    )
    if diagnostics:
        raise ConfigError(diagnostics)


@contextlib.contextmanager
def _within_memory() -> Iterator[None]:
    try:
        yield
    except tf.errors.ResourceExhaustedError as error:
        message = "The model's weights do not fit into the device's memory."
        raise RunFailedError(
            f"{message} Make its layers narrower, or take another device."
        ) from error
