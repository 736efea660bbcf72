"""The gradient of the loss by a model's weights, on one batch, with nothing left changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.engine.batches.data_adapter import DataAdapter

_MOST_ROWS = 256
_MATRIX_AXES = 2


def kernels(model: keras.Model) -> dict[str, NDArray[Any]]:
    """A copy of each layer's matrix of weights, by the layer's name.

    Args:
        model: The model.
    """
    return {
        name: keras.ops.convert_to_numpy(variable)
        for name, variable in _kernel_variables(model).items()
    }


def kernel_gradients(
    model: keras.Model, batch: tuple[Any, ...], weights: Sequence[NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    """The gradient of the loss by each layer's matrix of weights, as a training step sees it.

    Dropout drops and batch normalization takes the batch's own mean; yet the model is afterwards
    as it was, the state of its random numbers included.

    Args:
        model: The compiled model.
        batch: Inputs, targets and perhaps weights of rows, as the model takes them.
        weights: What `get_weights` gave: where the gradient is wanted.

    Returns:
        Gradients of the shape of the weights, by the layer's name; none where memory is short.
    """
    touched = [*model.weights, *model.non_trainable_variables]
    before = [keras.ops.convert_to_numpy(variable) for variable in touched]
    found = _kernel_variables(model)
    try:
        model.set_weights(weights)
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(batch)
        with tf.GradientTape() as tape:
            outputs = model(x, training=True)
            loss = model.compute_loss(
                x=x, y=y, y_pred=outputs, sample_weight=sample_weight, training=True
            )
        gradients = tape.gradient(loss, [variable.value for variable in found.values()])
    except tf.errors.ResourceExhaustedError:
        # Step by step it takes more memory than a compiled training: no picture is worth a run.
        return {}
    finally:
        for variable, values in zip(touched, before, strict=True):
            variable.assign(values)
        model.reset_metrics()
    return {
        # What a lookup of rows gives is sparse.
        name: tf.convert_to_tensor(gradient).numpy()
        for name, gradient in zip(found, gradients, strict=True)
        if gradient is not None
    }


def sample_batch(adapter: DataAdapter) -> tuple[Any, ...]:
    """Rows of the first batch that a training sees, at most 256 of them.

    Args:
        adapter: The batches.
    """
    positions = np.sort(adapter.row_order(0)[: min(adapter.batch_size, _MOST_ROWS)])
    batch: tuple[Any, ...] = tf.nest.map_structure(
        lambda rows: rows[positions], adapter.train_arrays
    )
    return batch


def _kernel_variables(model: keras.Model) -> dict[str, Any]:
    """Each layer's matrix of weights, by the layer's name."""
    return {
        layer.name: weight
        for layer in model.layers
        for weight in layer.trainable_weights[:1]
        if len(weight.shape) >= _MATRIX_AXES
    }
