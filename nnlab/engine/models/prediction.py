"""What a trained model makes of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from nnlab.engine.models.inputs import model_inputs

# On the MNIST net more rows at once gain nothing; wide rows must not fill the memory.
_ROWS_AT_ONCE = 4096
_BYTES_AT_ONCE = 32 * 2**20


def predict(
    model: keras.Model,
    inputs: Mapping[str, NDArray[Any]],
    output_names: Sequence[str] = ("output",),
    batch_size: int | None = None,
) -> dict[str, NDArray[Any]]:
    """A model's outputs for rows, in inference mode, without a progress bar.

    Layer by layer: nothing is traced or compiled, which for the few calls that a report makes costs
    more than it saves.

    Args:
        model: A model made by `build_model`.
        inputs: For each input of the data its rows, [rows, *shape].
        output_names: The model's outputs in the order of the config.
        batch_size: Rows computed at once: memory against calls. None: 4096, fewer of wide rows.

    Returns:
        For each output [rows, units], in the type that the model computes it in.

    Example:
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
        >>> predict(model, {"input": np.zeros((5, 2), np.float32)})["output"].shape
        (5, 3)
    """
    rows = len(next(iter(inputs.values())))
    width = sum(values.nbytes for values in inputs.values()) // max(rows, 1)
    step = batch_size or min(_ROWS_AT_ONCE, _BYTES_AT_ONCE // max(width, 1) + 1)
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in output_names}
    for start in range(0, max(rows, 1), step):
        batch = {name: values[start : start + step] for name, values in inputs.items()}
        made = model(model_inputs(model, batch), training=False)
        for name in output_names:
            parts[name].append(
                keras.ops.convert_to_numpy(made[name] if isinstance(made, dict) else made)
            )
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}
