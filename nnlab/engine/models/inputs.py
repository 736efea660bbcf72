"""How rows enter a model: which input takes which of them, and the layers that prepare them.

Scaling happens here, inside the model, so that it takes rows as they are stored. Nothing here draws
random numbers: the initial weights of a net are the same whatever stands in front of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from nnlab.config import Experiment
from nnlab.config.schema.model import FunctionalModel, ModelInput, SequentialModel
from nnlab.config.vocabulary.layers import Layer
from nnlab.data.containers.prepared import InputSpec
from nnlab.engine.models.unique_names import UniqueNames
from nnlab.errors import ConfigError, Diagnostic

_IMAGE_FIRST_LAYERS = frozenset({"Flatten", "Reshape"})
_SHAPE_ONLY_LAYERS = frozenset({"Flatten", "Identity", "Permute", "RepeatVector", "Reshape"})


@dataclass(frozen=True)
class ResolvedInput:
    """One input of a model, and what prepares its rows.

    Args:
        name: The input's name in the model.
        spec: What the data's rows for it are.
        shape: Shape of a row behind the preparation.
        dtype: Type in which the model takes the rows.
        feeds_codes: Whether an Embedding takes them: codes, which are never scaled.
    """

    name: str
    spec: InputSpec
    shape: tuple[int, ...]
    dtype: str
    feeds_codes: bool

    def tensor(self) -> Any:
        """The symbolic tensor that stands for the rows."""
        return keras.Input(self.spec.shape, dtype=self.dtype, name=self.name)

    def preparation(self, names: UniqueNames) -> list[Any]:
        """The layers between the rows and the user's first layer; may be none.

        Args:
            names: Gives out names that the model's other layers do not have.
        """
        return [*self._reshaping(names), *self._scaling(names)]

    def _reshaping(self, names: UniqueNames) -> list[Any]:
        if self.shape == self.spec.shape:
            return []
        if len(self.shape) == 1:
            return [keras.layers.Flatten(name=names.fresh(f"{self.name}_flat"))]
        return [keras.layers.Reshape(self.shape, name=names.fresh(f"{self.name}_reshaped"))]

    def _scaling(self, names: UniqueNames) -> list[Any]:
        scaled = self.spec.scale is not None or self.spec.offset is not None
        # Some layers refuse integers, Dropout among them: without scaling this is a cast.
        if self.feeds_codes or not (scaled or np.issubdtype(self.dtype, np.integer)):
            return []
        scale = 1.0 if self.spec.scale is None else _plain(self.spec.scale)
        offset = 0.0 if self.spec.offset is None else _plain(self.spec.offset)
        # In mixed precision too, raw values are scaled in full: float16 ends at 65504, and has 11
        # bits.
        dtype = keras.config.dtype_policy().variable_dtype
        return [
            keras.layers.Rescaling(
                scale, offset, dtype=dtype, name=names.fresh(f"{self.name}_scaled")
            )
        ]


def resolve_inputs(experiment: Experiment, inputs: Mapping[str, InputSpec]) -> tuple[ResolvedInput, ...]:
    """Match the data's inputs with the model's: a single one by position, several by name.

    Args:
        experiment: The experiment.
        inputs: What each input of the data is.

    Returns:
        The model's inputs, in the order of the config.

    Raises:
        ConfigError: Names or sizes do not fit; with every such fault.
    """
    model = experiment.model
    if isinstance(model, SequentialModel):
        return (_sequential_entry(model, inputs),)
    return _functional_entries(model, inputs)


def model_inputs(model: keras.Model, rows: Mapping[str, Any]) -> Any:
    """Rows in the structure that a model's `fit`, `predict` and call take.

    Args:
        model: A model made by `build_model`.
        rows: For each input of the data its rows, [rows, *shape].

    Returns:
        The one array for a model with one input, else a dict by the model's input names.

    Example:
        >>> model_inputs(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]), {"input": 3})
        3
    """
    if len(model.inputs) == 1:
        return next(iter(rows.values()))
    return {tensor.name: rows[tensor.name] for tensor in model.inputs}


def _sequential_entry(model: SequentialModel, inputs: Mapping[str, InputSpec]) -> ResolvedInput:
    if len(inputs) != 1:
        message = (
            f"A Sequential model has one input. Received: data with the inputs {_listed(inputs)}."
        )
        raise ConfigError(
            (Diagnostic(message, "model", hint="Write a Functional model, with `inputs`."),)
        )
    (spec,) = inputs.values()
    first = model.layers[0]
    shape = spec.shape if type(first).__name__ in _IMAGE_FIRST_LAYERS else (math.prod(spec.shape),)
    behind = (layer for layer in model.layers if type(layer).__name__ not in _SHAPE_ONLY_LAYERS)
    codes = _looks_up(next(behind, first))
    name = UniqueNames(layer.name for layer in model.layers if layer.name).fresh(spec.name)
    return ResolvedInput(name, spec, shape, "int32" if codes else spec.dtype, codes)


def _functional_entries(
    model: FunctionalModel, inputs: Mapping[str, InputSpec]
) -> tuple[ResolvedInput, ...]:
    if len(inputs) == len(model.inputs) == 1:
        specs = dict(zip(model.inputs, inputs.values(), strict=True))
    elif set(inputs) == set(model.inputs):
        specs = dict(inputs)
    else:
        message = (
            f"Expected the data's inputs, {_listed(inputs)}. Received: {_listed(model.inputs)}."
        )
        hint = "Name the model's inputs as the data's."
        raise ConfigError((Diagnostic(message, "model.inputs", hint=hint),))
    diagnostics = tuple(
        _size_issue(name, declared, specs[name])
        for name, declared in model.inputs.items()
        if math.prod(declared.shape) != math.prod(specs[name].shape)
    )
    if diagnostics:
        raise ConfigError(diagnostics)
    return tuple(
        _functional_entry(model, name, declared, specs[name])
        for name, declared in model.inputs.items()
    )


def _functional_entry(
    model: FunctionalModel, name: str, declared: ModelInput, spec: InputSpec
) -> ResolvedInput:
    codes = _feeds_codes(model, name)
    dtype = "int32" if codes else declared.dtype or spec.dtype
    return ResolvedInput(name, spec, tuple(declared.shape), dtype, codes)


def _feeds_codes(model: FunctionalModel, name: str) -> bool:
    """Whether an Embedding takes what an input or a layer gives, as it is or in another shape."""
    return any(
        _looks_up(node.layer)
        or (type(node.layer).__name__ in _SHAPE_ONLY_LAYERS and _feeds_codes(model, taker))
        for taker, node in model.layers.items()
        if name in node.sources
    )


def _looks_up(layer: Layer) -> bool:
    """Whether a layer, or the one that it wraps, looks its input up in a table."""
    wrapped = getattr(layer, "layer", None)
    return type(layer).__name__ == "Embedding" or (wrapped is not None and _looks_up(wrapped))


def _size_issue(name: str, declared: ModelInput, spec: InputSpec) -> Diagnostic:
    rows = f"rows of shape {list(spec.shape)}"
    if len(spec.shape) > 1:
        rows += f" ({math.prod(spec.shape)} values)"
    message = f"The data has {rows}. Received: shape={list(declared.shape)}."
    hint = f"Write `shape: [{math.prod(spec.shape)}]`."
    return Diagnostic(message, f"model.inputs.{name}.shape", hint=hint)


def _plain(values: Any) -> Any:
    """Numbers as JSON holds them; float32 survives the way there and back."""
    array = np.asarray(values, np.float64)
    return array.tolist() if array.ndim else float(array)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
