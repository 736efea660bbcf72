"""Batches of rows, in an order that depends on seed and epoch only."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.config import Experiment
from nnlab.config.vocabulary.losses import Loss
from nnlab.data import PreparedData, Rows, shuffled_indices
from nnlab.engine.batches.sample_weights import training_weights
from nnlab.engine.models.inputs import model_inputs
from nnlab.engine.runtime.arrays import as_tensor
from nnlab.errors import ConfigError, Diagnostic

# Evaluation of the MNIST net on two cores: 112 ms at batch 128, 67 at 256, 43 at 1024, 40 at 2048.
_MAX_EVALUATION_ROWS = 2048
_MAX_EVALUATION_BYTES = 32 * 2**20
_MAX_CACHED_BYTES = 64 * 2**20
# Computed from the whole batch: these losses are not means over rows.
_BATCH_LOSSES = frozenset({"Dice", "Tversky"})
_MEAN_REDUCTIONS = frozenset({"sum_over_batch_size", "mean"})


class DataAdapter:
    """The batches that a model is trained and evaluated on.

    Args:
        experiment: The experiment; its batch size, shuffling, seed and class weights are used.
        data: The prepared data.
        model: The model that `build_model` built for them.

    Attributes:
        rows: Number of training rows.
        batch_size: Rows per update; the last batch of an epoch may be smaller.
        has_validation: Whether there are validation rows.
        train_arrays: Inputs, targets and, if rows differ in it, sample weights, each [rows, ...],
            in the structure and dtype that the model takes.
        evaluation_batch_size: Rows per evaluation batch.

    Raises:
        ConfigError: Class weights do not match the target, or an output does not.

    Example:
        >>> from nnlab.data import prepare
        >>> from nnlab.engine.models.builder import build_model
        >>> experiment = Experiment.model_validate({
        ...     "data": {"dataset": "xor"},
        ...     "model": {"layers": [{"Dense": {"units": 1, "activation": "sigmoid"}}]},
        ...     "training": {
        ...         "optimizer": "sgd", "loss": "bce", "batch_size": 3, "epochs": 5
        ...     },
        ... })
        >>> data = prepare(experiment)
        >>> adapter = DataAdapter(experiment, data, build_model(experiment, data.inputs))
        >>> adapter.rows, adapter.steps_per_epoch
        (4, 2)
        >>> [len(x) for x, y in adapter.training_dataset().take(4)]
        [3, 1, 3, 1]
    """

    def __init__(self, experiment: Experiment, data: PreparedData, model: keras.Model) -> None:
        _check_output_widths(data, model)
        training = experiment.training
        self._experiment = experiment
        self._data = data
        self._model = model
        self.rows = len(data.train)
        self.batch_size = self.rows if training.batch_size == "full" else training.batch_size
        self.has_validation = data.validation is not None
        self.train_arrays = self._pack(data.train, training_weights(experiment, data))
        if all(_is_mean_over_rows(loss) for loss in training.losses()):
            max_rows = max(1, _MAX_EVALUATION_BYTES // _bytes_per_row(data.train.inputs))
            self.evaluation_batch_size = min(_MAX_EVALUATION_ROWS, max_rows)
        else:
            self.evaluation_batch_size = self.batch_size

    @property
    def steps_per_epoch(self) -> int:
        """Updates per epoch, that of a smaller last batch included."""
        return -(-self.rows // self.batch_size)

    def subset(self, rows: int, batch_size: int) -> DataAdapter:
        """Return an adapter for the first `rows` training rows, with another batch size."""
        part = copy.copy(self)
        part.rows, part.batch_size = rows, batch_size
        part.train_arrays = tf.nest.map_structure(lambda array: array[:rows], self.train_arrays)
        return part

    @property
    def batch_spec(self) -> Any:
        """Shapes and dtypes of a training batch with any number of rows."""
        return batch_spec(self.train_arrays)

    def row_order(self, epoch: int) -> NDArray[np.int64]:
        """Return the indices of the training rows, [rows], in the order of an epoch (from 0)."""
        if self._is_shuffled():
            return shuffled_indices(self._experiment.seed, epoch, self.rows)
        return np.arange(self.rows)

    def training_dataset(self, initial_epoch: int = 0) -> tf.data.Dataset:
        """Return an endless dataset of training batches, one epoch after the other.

        The caller counts `steps_per_epoch`: a new iterator for each epoch, as Keras creates, would
        cost a small net more than its arithmetic.

        Args:
            initial_epoch: First epoch, from 0. Defaults to 0.

        Returns:
            Batches of (inputs, targets) or (inputs, targets, weights), each [batch, ...].
        """
        # Captured by the pipeline: no graph contains a copy.
        arrays = tf.nest.map_structure(as_tensor, self.train_arrays)
        if self.steps_per_epoch == 1:
            # In a single batch the order only affects rounding, and copying all rows costs more
            # than a small net's step.
            return _without_optimizations(tf.data.Dataset.from_tensors(arrays).repeat())

        def gather(indices: Any) -> Any:
            return tf.nest.map_structure(lambda array: tf.gather(array, indices), arrays)

        epochs = tf.data.Dataset.range(initial_epoch, tf.int64.max)
        orders = epochs.map(self._symbolic_order).prefetch(1)
        batches = orders.flat_map(self._batch_indices).map(
            gather, num_parallel_calls=tf.data.AUTOTUNE
        )
        return _without_optimizations(batches).prefetch(tf.data.AUTOTUNE)

    def validation_arrays(self) -> tuple[Any, ...] | None:
        """Return all validation rows as inputs, targets and any weights; None without any."""
        rows = self._data.validation
        return None if rows is None else self.evaluation_arrays(rows)

    def evaluation_arrays(self, rows: Rows) -> tuple[Any, ...]:
        """Return inputs, targets and any weights, each [rows, ...], as the model takes them."""
        return self._pack(rows, rows.sample_weight)

    def validation_dataset(self) -> tf.data.Dataset | None:
        """Return the validation batches in order; None without validation rows."""
        rows = self._data.validation
        return None if rows is None else self.evaluation_dataset(rows)

    def evaluation_dataset(self, rows: Rows) -> tf.data.Dataset:
        """Return batches of rows in order.

        Args:
            rows: The rows. Their sample weights are used; class weights only apply to training.

        Returns:
            Batches of (inputs, targets) or (inputs, targets, weights), each [batch, ...].
        """
        size = self.evaluation_batch_size
        values = self.evaluation_arrays(rows)
        arrays = tf.nest.map_structure(as_tensor, values)

        def slice_batch(number: Any) -> Any:
            start = number * size
            return tf.nest.map_structure(lambda array: array[start : start + size], arrays)

        batches = tf.data.Dataset.range(-(-len(rows) // size)).map(slice_batch)
        if sum(array.nbytes for array in tf.nest.flatten(values)) <= _MAX_CACHED_BYTES:
            # Without running the pipeline, evaluating 40 rows takes 4 ms instead of 12.
            return _without_optimizations(batches.cache())
        return _without_optimizations(batches).prefetch(tf.data.AUTOTUNE)

    def _is_shuffled(self) -> bool:
        return self._experiment.training.shuffle and self.steps_per_epoch > 1

    def _symbolic_order(self, epoch: Any) -> Any:
        if not self._is_shuffled():
            return tf.range(self.rows, dtype=tf.int64)
        order = tf.numpy_function(
            lambda epoch: self.row_order(int(epoch)), [epoch], tf.int64, stateful=False
        )
        order.set_shape([self.rows])
        return order

    def _batch_indices(self, order: Any) -> tf.data.Dataset:
        """Split an epoch's row indices into batches; reshaping is far faster than `batch`."""
        full_batches = self.rows // self.batch_size
        full_rows = full_batches * self.batch_size
        shape = [full_batches, self.batch_size]
        batches = tf.data.Dataset.from_tensor_slices(tf.reshape(order[:full_rows], shape))
        if full_rows == self.rows:
            return batches
        return batches.concatenate(tf.data.Dataset.from_tensors(order[full_rows:]))

    def _pack(self, rows: Rows, weights: NDArray[np.float32] | None) -> tuple[Any, ...]:
        inputs = model_inputs(self._model, rows.inputs)
        targets = rows.targets if len(rows.targets) > 1 else next(iter(rows.targets.values()))
        return (inputs, targets) if weights is None else (inputs, targets, weights)


def batch_spec(arrays: Any) -> Any:
    """Return the spec of a batch with any number of rows, for arrays [rows, ...]."""
    return tf.nest.map_structure(
        lambda array: tf.TensorSpec((None, *array.shape[1:]), array.dtype), arrays
    )


def _without_optimizations(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """Disable graph rewrites, which cost more than they save in so short a pipeline."""
    options = tf.data.Options()
    options.experimental_optimization.apply_default_optimizations = False
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.OFF
    return dataset.with_options(options)


def _bytes_per_row(inputs: Mapping[str, NDArray[Any]]) -> int:
    """Return the bytes of one row as float32, the dtype of the arithmetic."""
    return sum(4 * max(1, int(np.prod(array.shape[1:]))) for array in inputs.values())


def _is_mean_over_rows(loss: Loss) -> bool:
    """Return whether the loss is a mean over rows, independent of how they are batched."""
    reduction = getattr(loss, "reduction", "sum_over_batch_size")
    return loss.display_name() not in _BATCH_LOSSES and reduction in _MEAN_REDUCTIONS


def _check_output_widths(data: PreparedData, model: keras.Model) -> None:
    """Raise if an output is not as wide as its target; Keras only notices during training."""
    names = model.output_names if len(data.targets) > 1 else data.targets
    widths = {name: tensor.shape[-1] for name, tensor in zip(names, model.outputs, strict=True)}
    diagnostics = []
    for name, target in data.targets.items():
        width = widths[name]
        if target.encoding == "integer":
            matches = width >= len(target.classes)
            expected = f"at least {len(target.classes)}, one for each class"
        else:
            matches = width == target.units
            expected = f"{target.units}, as its target"
        if not matches:
            message = f"Expected the width of the output `{name}` to be {expected}."
            diagnostics.append(
                Diagnostic(f"{message} Received: {width}.", "model", hint="Change its last layer.")
            )
    if diagnostics:
        raise ConfigError(tuple(diagnostics))
