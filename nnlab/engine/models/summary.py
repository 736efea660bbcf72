"""Summarize a Keras model as plain data for tables and plots."""

from __future__ import annotations

import math
from typing import Any

import keras

from nnlab.report.text.model_summary import LayerRow, ModelSummary


def summarize(model: keras.Model) -> ModelSummary:
    """Return the layers of a model, inputs included, with their connections and parameters.

    Args:
        model: A model that `build_model` built.

    Returns:
        The summary.

    Example:
        >>> digit = keras.layers.Dense(10, name="digit")
        >>> summary = summarize(keras.Sequential([keras.Input((784,), name="pixels"), digit]))
        >>> [(layer.name, layer.inbound, layer.params) for layer in summary.layers]
        [('pixels', (), 0), ('digit', ('pixels',), 7850)]
    """
    producers = {id(layer.output): layer.name for layer in model.layers}
    rows = []
    # The layers of a Sequential model do not include its input.
    for tensor in model.inputs:
        if id(tensor) not in producers:
            producers[id(tensor)] = tensor.name
            rows.append(LayerRow(tensor.name, "InputLayer", (), tuple(tensor.shape), 0, 0))
    for layer in model.layers:
        is_input = isinstance(layer, keras.layers.InputLayer)
        tensors = [] if is_input else keras.tree.flatten(layer.input)
        rows.append(
            LayerRow(
                layer.name,
                type(layer).__name__,
                tuple(tuple(tensor.shape) for tensor in tensors),
                tuple(layer.output.shape),
                layer.count_params(),
                _count_values(layer.trainable_weights),
                tuple(producers[id(tensor)] for tensor in tensors),
            )
        )
    optimizer = getattr(model, "optimizer", None)
    return ModelSummary(
        model.name,
        tuple(rows),
        model.count_params(),
        _count_values(model.trainable_weights),
        None if optimizer is None else _count_values(optimizer.variables),
    )


def _count_values(variables: list[Any]) -> int:
    return sum(math.prod(variable.shape) for variable in variables)
