"""Gradients of the loss with respect to a model's kernels, on one batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.engine.batches import DataAdapter

_MAX_ROWS = 256
_MATRIX_AXES = 2


def kernels(model: keras.Model) -> dict[str, NDArray[Any]]:
    """Return a copy of each layer's kernel by the name of the layer."""
    return {
        name: keras.ops.convert_to_numpy(variable)
        for name, variable in _kernel_variables(model).items()
    }


def kernel_gradients(
    model: keras.Model, batch: tuple[Any, ...], weights: Sequence[NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    """Return the gradient of the loss with respect to each layer's kernel, in training mode.

    The model is restored afterwards, including the state of its random number generators.
    """
    variables = [*model.weights, *model.non_trainable_variables]
    before = [keras.ops.convert_to_numpy(variable) for variable in variables]
    kernel_variables = _kernel_variables(model)
    try:
        model.set_weights(weights)
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(batch)
        with tf.GradientTape() as tape:
            outputs = model(x, training=True)
            loss = model.compute_loss(
                x=x, y=y, y_pred=outputs, sample_weight=sample_weight, training=True
            )
        gradients = tape.gradient(loss, [variable.value for variable in kernel_variables.values()])
    except tf.errors.ResourceExhaustedError:
        # Eager execution takes more memory than a compiled step: skip the plot, keep the run.
        return {}
    finally:
        for variable, values in zip(variables, before, strict=True):
            variable.assign(values)
        model.reset_metrics()
    return {
        # The gradient of an Embedding is sparse.
        name: tf.convert_to_tensor(gradient).numpy()
        for name, gradient in zip(kernel_variables, gradients, strict=True)
        if gradient is not None
    }


def sample_batch(adapter: DataAdapter) -> tuple[Any, ...]:
    """Return up to 256 rows of the first training batch."""
    positions = np.sort(adapter.row_order(0)[: min(adapter.batch_size, _MAX_ROWS)])
    batch: tuple[Any, ...] = tf.nest.map_structure(
        lambda rows: rows[positions], adapter.train_arrays
    )
    return batch


def _kernel_variables(model: keras.Model) -> dict[str, Any]:
    """Return each layer's kernel variable by the name of the layer."""
    return {
        layer.name: weight
        for layer in model.layers
        for weight in layer.trainable_weights[:1]
        if len(weight.shape) >= _MATRIX_AXES
    }
