"""Inputs of a model: the rows that each takes, and the layers that prepare them.

Scaling is part of the model, which therefore takes rows as they are stored. Nothing here draws
random numbers: a net's initial weights do not depend on its preprocessing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from nnlab.config import Experiment
from nnlab.config.schema.model import FunctionalModel
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.yaml.document import format_path
from nnlab.data.containers.prepared import InputSpec
from nnlab.engine.models.keras_objects import UniqueNames
from nnlab.errors import ConfigError, Diagnostic

_IMAGE_FIRST_LAYERS = frozenset({"Flatten", "Reshape"})
_SHAPE_ONLY_LAYERS = frozenset({"Flatten", "Identity", "Permute", "RepeatVector", "Reshape"})


@dataclass(frozen=True)
class ResolvedInput:
    """An input of a model with the spec of its rows.

    Args:
        name: The input's name in the model.
        spec: The spec of the data's rows.
        shape: Shape of a row after preprocessing.
        dtype: The dtype that the model takes.
        feeds_embedding: Whether an Embedding takes the rows: codes are never scaled.
    """

    name: str
    spec: InputSpec
    shape: tuple[int, ...]
    dtype: str
    feeds_embedding: bool

    def keras_input(self) -> Any:
        """Return a symbolic tensor for the rows, [batch, *spec.shape]."""
        return keras.Input(self.spec.shape, dtype=self.dtype, name=self.name)

    def preprocessing_layers(self, names: UniqueNames) -> list[Any]:
        """Return the layers between the rows and the config's first layer, if any."""
        layers: list[Any] = []
        if self.shape != self.spec.shape:
            layers.append(
                keras.layers.Flatten(name=names.unique(f"{self.name}_flat"))
                if len(self.shape) == 1
                else keras.layers.Reshape(self.shape, name=names.unique(f"{self.name}_reshaped"))
            )
        is_scaled = self.spec.scale is not None or self.spec.offset is not None
        # Some layers reject integers, such as Dropout: without a scale this casts them.
        if not self.feeds_embedding and (is_scaled or np.issubdtype(self.dtype, np.integer)):
            scale = 1.0 if self.spec.scale is None else _to_json(self.spec.scale)
            offset = 0.0 if self.spec.offset is None else _to_json(self.spec.offset)
            name = names.unique(f"{self.name}_scaled")
            # Scale raw values in full precision: float16 has a maximum of 65504 and 11 bits.
            dtype = keras.config.dtype_policy().variable_dtype
            layers.append(keras.layers.Rescaling(scale, offset, dtype=dtype, name=name))
        return layers


def resolve_inputs(
    experiment: Experiment, inputs: Mapping[str, InputSpec]
) -> tuple[ResolvedInput, ...]:
    """Match the data's inputs with the model's: a single one by position, several by name.

    The result is in the order of the config. Raises `ConfigError` if names or sizes do not match.
    """
    model = experiment.model
    if isinstance(model, FunctionalModel):
        return _resolve_functional(model, inputs)
    if len(inputs) != 1:
        message = (
            "A Sequential model has one input. "
            f"Received: data with the inputs {_quote_names(inputs)}."
        )
        raise ConfigError(
            (Diagnostic(message, "model", hint="Write a Functional model, with `inputs`."),)
        )
    (spec,) = inputs.values()
    first = model.layers[0]
    shape = spec.shape if type(first).__name__ in _IMAGE_FIRST_LAYERS else (math.prod(spec.shape),)
    others = (layer for layer in model.layers if type(layer).__name__ not in _SHAPE_ONLY_LAYERS)
    feeds_embedding = _is_embedding(next(others, first))
    name = UniqueNames(layer.name for layer in model.layers if layer.name).unique(spec.name)
    dtype = "int32" if feeds_embedding else spec.dtype
    return (ResolvedInput(name, spec, shape, dtype, feeds_embedding),)


def model_inputs(model: keras.Model, rows: Mapping[str, Any]) -> Any:
    """Return rows in the structure that a model's `fit`, `predict` and `__call__` take.

    Args:
        model: A model that `build_model` built.
        rows: Rows of each input of the data by name, [rows, *shape].

    Returns:
        The array of a single input, or a dict by the names of the model's inputs.
    """
    if len(model.inputs) == 1:
        return next(iter(rows.values()))
    return {tensor.name: rows[tensor.name] for tensor in model.inputs}


def check_embeddings(experiment: Experiment, inputs: Sequence[ResolvedInput]) -> None:
    """Raise for Embeddings smaller than their columns' categories, before training fails on one."""
    model, specs = experiment.model, {entry.name: entry.spec for entry in inputs}
    diagnostics = []
    for path, layer in model.named_layers():
        if layer.display_name() != "Embedding":
            continue
        source = inputs[0].name
        if isinstance(model, FunctionalModel):
            source = str(path[1])
            while source in model.layers:
                source = model.layers[source].sources[0]
        input_dim = getattr(layer, "input_dim", 0)
        for column in specs[source].columns:
            codes = len(column.categories) + 1
            if column.encoding == "integer" and input_dim < codes:
                message = (
                    f"Column `{column.name}` has {codes - 1} categories, plus code 0 for unknown "
                    f"ones. Received: input_dim={input_dim}."
                )
                location = format_path(("model", *path, "input_dim"))
                hint = f"Set input_dim to {codes} or more."
                diagnostics.append(Diagnostic(message, location, hint=hint))
    if diagnostics:
        raise ConfigError(tuple(diagnostics))


def _resolve_functional(
    model: FunctionalModel, inputs: Mapping[str, InputSpec]
) -> tuple[ResolvedInput, ...]:
    if len(inputs) == len(model.inputs) == 1:
        specs = dict(zip(model.inputs, inputs.values(), strict=True))
    elif set(inputs) == set(model.inputs):
        specs = dict(inputs)
    else:
        message = (
            f"Expected the data's inputs, {_quote_names(inputs)}. "
            f"Received: {_quote_names(model.inputs)}."
        )
        hint = "Give the model's inputs the names of the data's."
        raise ConfigError((Diagnostic(message, "model.inputs", hint=hint),))
    resolved, diagnostics = [], []
    for name, declared in model.inputs.items():
        spec, feeds_embedding = specs[name], _feeds_embedding(model, name)
        dtype = "int32" if feeds_embedding else declared.dtype or spec.dtype
        resolved.append(ResolvedInput(name, spec, tuple(declared.shape), dtype, feeds_embedding))
        size = math.prod(spec.shape)
        if math.prod(declared.shape) != size:
            rows = f"rows of shape {list(spec.shape)}"
            if len(spec.shape) > 1:
                rows += f" ({size} values)"
            message = f"The data has {rows}. Received: shape={list(declared.shape)}."
            hint = f"Write `shape: [{size}]`."
            diagnostics.append(Diagnostic(message, f"model.inputs.{name}.shape", hint=hint))
    if diagnostics:
        raise ConfigError(tuple(diagnostics))
    return tuple(resolved)


def _feeds_embedding(model: FunctionalModel, name: str) -> bool:
    """Return whether an Embedding takes an input or layer's output, possibly reshaped."""
    return any(
        _is_embedding(node.layer)
        or (type(node.layer).__name__ in _SHAPE_ONLY_LAYERS and _feeds_embedding(model, consumer))
        for consumer, node in model.layers.items()
        if name in node.sources
    )


def _is_embedding(layer: Layer) -> bool:
    """Return whether a layer, or the layer it wraps, is an Embedding."""
    wrapped = getattr(layer, "layer", None)
    return type(layer).__name__ == "Embedding" or (wrapped is not None and _is_embedding(wrapped))


def _to_json(values: Any) -> Any:
    """Return numbers as floats or lists, which round-trip float32 through JSON."""
    array = np.asarray(values, np.float64)
    return array.tolist() if array.ndim else float(array)


def _quote_names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
