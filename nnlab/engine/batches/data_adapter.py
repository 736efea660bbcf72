"""Rows on their way into a model: batches, in an order that follows from seed and epoch alone."""

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
_EVALUATION_ROWS = 2048
_EVALUATION_BYTES = 32 * 2**20
_CACHED_BYTES = 64 * 2**20
# The whole batch makes one figure, not its rows: these losses are not means over rows.
_LOSSES_OF_A_BATCH = frozenset({"Dice", "Tversky"})
_MEANS_OVER_ROWS = frozenset({"sum_over_batch_size", "mean"})


class DataAdapter:
    """The batches that a model is trained and evaluated on.

    Args:
        experiment: The experiment; its batch size, shuffling, seed and class weights count.
        data: The data.
        model: The model that `build_model` made for them.

    Attributes:
        rows: Number of training rows.
        batch_size: Rows an update; the last batch of an epoch may have fewer.
        has_validation: Whether there are validation rows.
        train: What a training batch is taken from: inputs, targets and, where rows differ in it,
            weight; inputs and targets as the model takes them, [rows, ...].
        evaluation_batch_size: Rows evaluated at once.

    Raises:
        ConfigError: Class weights do not fit the target, or an output does not.

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
        >>> [len(x) for x, y in adapter.training().take(4)]
        [3, 1, 3, 1]
    """

    def __init__(self, experiment: Experiment, data: PreparedData, model: keras.Model) -> None:
        _check_widths(data, model)
        training = experiment.training
        self._experiment = experiment
        self._data = data
        self._model = model
        self.rows = len(data.train)
        self.batch_size = self.rows if training.batch_size == "full" else training.batch_size
        self.has_validation = data.validation is not None
        self.train = self._packed(data.train, training_weights(experiment, data))
        if all(_is_mean_over_rows(loss) for loss in training.losses()):
            most = max(1, _EVALUATION_BYTES // _bytes_a_row(data.train.inputs))
            self.evaluation_batch_size = min(_EVALUATION_ROWS, most)
        else:
            self.evaluation_batch_size = self.batch_size

    @property
    def steps_per_epoch(self) -> int:
        """Updates an epoch; the last may be of fewer rows."""
        return -(-self.rows // self.batch_size)

    def cut(self, rows: int, batch_size: int) -> DataAdapter:
        """The first training rows alone, in batches of another size.

        Args:
            rows: How many of them, at most as many as there are.
            batch_size: Rows an update.

        Returns:
            Another feed, for the same model.

        Example:
            >>> from nnlab.data import prepare
            >>> from nnlab.engine.models.builder import build_model
            >>> experiment = Experiment.model_validate({
            ...     "data": {"dataset": "xor"},
            ...     "model": {"layers": [{"Dense": {"units": 1, "activation": "sigmoid"}}]},
            ...     "training": {"optimizer": "sgd", "loss": "bce", "epochs": 5},
            ... })
            >>> data = prepare(experiment)
            >>> model = build_model(experiment, data.inputs)
            >>> adapter = DataAdapter(experiment, data, model).cut(3, 1)
            >>> [len(x) for x, y in adapter.training().take(3)]
            [1, 1, 1]
        """
        part = copy.copy(self)
        part.rows, part.batch_size = rows, batch_size
        part.train = tf.nest.map_structure(lambda array: array[:rows], self.train)
        return part

    @property
    def batch_spec(self) -> Any:
        """Shapes and types of a training batch, of any number of rows."""
        return batch_spec(self.train)

    def order(self, epoch: int) -> NDArray[np.int64]:
        """The order in which an epoch visits the training rows.

        Args:
            epoch: The epoch, from 0.

        Returns:
            Positions of the rows, [rows].
        """
        if self._is_shuffled():
            return shuffled_indices(self._experiment.seed, epoch, self.rows)
        return np.arange(self.rows)

    def training(self, initial_epoch: int = 0) -> tf.data.Dataset:
        """The training batches of all epochs, one epoch behind the other.

        It has no end: whoever reads it counts `steps_per_epoch`. Making a new iterator for each
        epoch, as Keras does, would cost a small net more than its arithmetic.

        Args:
            initial_epoch: The first epoch, from 0.

        Returns:
            Batches of (inputs, targets) or (inputs, targets, weights).
        """
        # Captured by the pipeline: no graph holds a copy.
        arrays = tf.nest.map_structure(as_tensor, self.train)
        if self.steps_per_epoch == 1:
            # In a single batch the order changes nothing but rounding, and a copy of all rows
            # costs more than a small net's step.
            return _plain(tf.data.Dataset.from_tensors(arrays).repeat())

        def batch(positions: Any) -> Any:
            return tf.nest.map_structure(lambda array: tf.gather(array, positions), arrays)

        epochs = tf.data.Dataset.range(initial_epoch, tf.int64.max)
        orders = epochs.map(self._symbolic_order).prefetch(1)
        batches = orders.flat_map(self._batches_of).map(batch, num_parallel_calls=tf.data.AUTOTUNE)
        return _plain(batches).prefetch(tf.data.AUTOTUNE)

    def validation_arrays(self) -> tuple[Any, ...] | None:
        """The validation rows whole: inputs, targets and perhaps weights; None without them."""
        rows = self._data.validation
        return None if rows is None else self.arrays(rows)

    def arrays(self, rows: Rows) -> tuple[Any, ...]:
        """Rows to evaluate, as the model takes them: inputs, targets and perhaps weights."""
        return self._packed(rows, rows.sample_weight)

    def validation(self) -> tf.data.Dataset | None:
        """The validation rows in order, batch by batch; None where there are none."""
        rows = self._data.validation
        return None if rows is None else self.evaluation(rows)

    def evaluation(self, rows: Rows) -> tf.data.Dataset:
        """Rows in order, batch by batch.

        Args:
            rows: The rows. Their own weights count; class weights are for training alone.

        Returns:
            Batches of (inputs, targets) or (inputs, targets, weights).
        """
        size = self.evaluation_batch_size
        values = self.arrays(rows)
        arrays = tf.nest.map_structure(as_tensor, values)

        def batch(number: Any) -> Any:
            start = number * size
            return tf.nest.map_structure(lambda array: array[start : start + size], arrays)

        batches = tf.data.Dataset.range(-(-len(rows) // size)).map(batch)
        if sum(array.nbytes for array in tf.nest.flatten(values)) <= _CACHED_BYTES:
            # Without the pipeline behind it, evaluating 40 rows takes 4 ms in place of 12.
            return _plain(batches.cache())
        return _plain(batches).prefetch(tf.data.AUTOTUNE)

    def _is_shuffled(self) -> bool:
        return self._experiment.training.shuffle and self.steps_per_epoch > 1

    def _symbolic_order(self, epoch: Any) -> Any:
        if not self._is_shuffled():
            return tf.range(self.rows, dtype=tf.int64)
        order = tf.numpy_function(
            lambda epoch: self.order(int(epoch)), [epoch], tf.int64, stateful=False
        )
        order.set_shape([self.rows])
        return order

    def _batches_of(self, order: Any) -> tf.data.Dataset:
        """An epoch's batches of positions; reshaping cuts them far quicker than `batch` does."""
        whole = self.rows // self.batch_size
        in_whole = whole * self.batch_size
        shape = [whole, self.batch_size]
        batches = tf.data.Dataset.from_tensor_slices(tf.reshape(order[:in_whole], shape))
        if in_whole == self.rows:
            return batches
        return batches.concatenate(tf.data.Dataset.from_tensors(order[in_whole:]))

    def _packed(self, rows: Rows, weights: NDArray[np.float32] | None) -> tuple[Any, ...]:
        inputs = model_inputs(self._model, rows.inputs)
        targets = rows.targets if len(rows.targets) > 1 else next(iter(rows.targets.values()))
        return (inputs, targets) if weights is None else (inputs, targets, weights)


def batch_spec(arrays: Any) -> Any:
    """Shapes and types of a batch of any number of rows.

    Args:
        arrays: Inputs, targets and perhaps weights, each [rows, ...].
    """
    return tf.nest.map_structure(
        lambda array: tf.TensorSpec((None, *array.shape[1:]), array.dtype), arrays
    )


def _plain(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """Without rewriting its graph, which costs more than it brings for so short a pipeline."""
    options = tf.data.Options()
    options.experimental_optimization.apply_default_optimizations = False
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.OFF
    return dataset.with_options(options)


def _bytes_a_row(inputs: Mapping[str, NDArray[Any]]) -> int:
    """Bytes of one row in the arithmetic, which is done in float32."""
    return sum(4 * max(1, int(np.prod(array.shape[1:]))) for array in inputs.values())


def _is_mean_over_rows(loss: Loss) -> bool:
    """Whether the loss of many rows is the mean of theirs, however they are cut into batches."""
    reduction = getattr(loss, "reduction", "sum_over_batch_size")
    return loss.display_name() not in _LOSSES_OF_A_BATCH and reduction in _MEANS_OVER_ROWS


def _check_widths(data: PreparedData, model: keras.Model) -> None:
    """Refuse an output that is not as wide as its target; Keras would only do so when it trains."""
    names = model.output_names if len(data.targets) > 1 else data.targets
    widths = {name: tensor.shape[-1] for name, tensor in zip(names, model.outputs, strict=True)}
    diagnostics = []
    for name, target in data.targets.items():
        width = widths[name]
        if target.encoding == "integer":
            fits = width >= len(target.classes)
            wanted = f"at least {len(target.classes)}, one for each class"
        else:
            fits, wanted = width == target.units, f"{target.units}, as its target"
        if not fits:
            message = f"Expected the width of the output `{name}` to be {wanted}."
            diagnostics.append(
                Diagnostic(f"{message} Received: {width}.", "model", hint="Change its last layer.")
            )
    if diagnostics:
        raise ConfigError(tuple(diagnostics))
