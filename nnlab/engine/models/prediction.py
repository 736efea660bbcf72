"""Predictions of a model for rows in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from nnlab.engine.models.inputs import model_inputs

# More rows per batch gain nothing on the MNIST net; wide rows must not exhaust the memory.
_MAX_ROWS = 4096
_MAX_BYTES = 32 * 2**20


def predict(
    model: keras.Model,
    inputs: Mapping[str, NDArray[Any]],
    output_names: Sequence[str] = ("output",),
    batch_size: int | None = None,
) -> dict[str, NDArray[Any]]:
    """Return a model's outputs for rows, in inference mode.

    The model runs eagerly: tracing and compiling cost more than they save for the few calls of a
    report.

    Args:
        model: A model that `build_model` built.
        inputs: Rows of each input by name, [rows, *shape].
        output_names: Names of the model's outputs in the order of the config.
        batch_size: Rows per call. Defaults to 4096, fewer for wide rows.

    Returns:
        Outputs by name, [rows, units], in the dtype that the model computes.

    Example:
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
        >>> predict(model, {"input": np.zeros((5, 2), np.float32)})["output"].shape
        (5, 3)
    """
    rows = len(next(iter(inputs.values())))
    bytes_per_row = sum(values.nbytes for values in inputs.values()) // max(rows, 1)
    step = batch_size or min(_MAX_ROWS, _MAX_BYTES // max(bytes_per_row, 1) + 1)
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in output_names}
    for start in range(0, max(rows, 1), step):
        batch = {name: values[start : start + step] for name, values in inputs.items()}
        outputs = model(model_inputs(model, batch), training=False)
        for name in output_names:
            output = outputs[name] if isinstance(outputs, dict) else outputs
            parts[name].append(keras.ops.convert_to_numpy(output))
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}
