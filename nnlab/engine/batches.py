"""Batches of rows with their sample weights, in an order that depends on seed and epoch only."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.config import Experiment
from nnlab.data import PreparedData, Rows, TargetSpec, shuffled_indices
from nnlab.engine.models.inputs import model_inputs
from nnlab.errors import ConfigError, Diagnostic

# Evaluation of the MNIST net on two cores: 112 ms at batch 128, 67 at 256, 43 at 1024, 40 at 2048.
_MAX_EVALUATION_ROWS = 2048
_MAX_EVALUATION_BYTES = 32 * 2**20
_MAX_CACHED_BYTES = 64 * 2**20
# Computed from the whole batch: these losses are not means over rows.
_BATCH_LOSSES = frozenset({"Dice", "Tversky"})
_MEAN_REDUCTIONS = frozenset({"sum_over_batch_size", "mean"})
_CLASS_WEIGHT = "training.class_weight"
# TensorFlow uses memory without a copy if its address is a multiple of this.
_ALIGNMENT = 64


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
        self.evaluation_batch_size = self.batch_size
        # A mean over rows does not depend on how they are batched.
        if all(
            loss.display_name() not in _BATCH_LOSSES
            and getattr(loss, "reduction", "sum_over_batch_size") in _MEAN_REDUCTIONS
            for loss in training.losses()
        ):
            # The arithmetic is in float32.
            inputs = data.train.inputs.values()
            row_bytes = sum(4 * max(1, int(np.prod(array.shape[1:]))) for array in inputs)
            max_rows = max(1, _MAX_EVALUATION_BYTES // row_bytes)
            self.evaluation_batch_size = min(_MAX_EVALUATION_ROWS, max_rows)

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

        def order_rows(epoch: Any) -> Any:
            if not self._is_shuffled():
                return tf.range(self.rows, dtype=tf.int64)
            order = tf.numpy_function(
                lambda epoch: self.row_order(int(epoch)), [epoch], tf.int64, stateful=False
            )
            order.set_shape([self.rows])
            return order

        def gather(indices: Any) -> Any:
            return tf.nest.map_structure(lambda array: tf.gather(array, indices), arrays)

        epochs = tf.data.Dataset.range(initial_epoch, tf.int64.max)
        orders = epochs.map(order_rows).prefetch(1)
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


def training_weights(experiment: Experiment, data: PreparedData) -> NDArray[np.float32] | None:
    """Return each training row's weight in the loss, [rows]; None if all weigh the same."""
    sample_weight = data.train.sample_weight
    class_weight = experiment.training.class_weight
    if class_weight is None:
        return sample_weight
    (target,) = data.targets.values()
    weights = class_weights(target_codes(data.train, target), class_weight, target)
    return weights if sample_weight is None else weights * sample_weight


def class_weights(
    codes: NDArray[np.intp],
    class_weight: Literal["balanced"] | Mapping[int | str, float],
    target: TargetSpec,
) -> NDArray[np.float32]:
    """Return the weight of each row's class.

    Args:
        codes: The class of each row, [rows].
        class_weight: Weights by class number or name, 1 for missing ones; or `balanced`, which
            gives all classes that occur the same total weight (King and Zeng, 2001; as in
            scikit-learn).
        target: The target.

    Returns:
        Weights, [rows].

    Raises:
        ConfigError: The target has no such class, or a class has two weights.
    """
    by_class = np.ones(len(target.classes))
    if class_weight == "balanced":
        counts = np.bincount(codes, minlength=len(target.classes))
        occurring = counts > 0
        by_class[occurring] = len(codes) / (occurring.sum() * counts[occurring])
        return by_class[codes].astype(np.float32)
    weighted: set[int] = set()
    for key, weight in class_weight.items():
        keys: Sequence[Any] = range(len(by_class)) if isinstance(key, int) else target.classes
        if key not in keys:
            reason = f"The target has no class {key}."
        elif (code := keys.index(key)) in weighted:
            reason = "Expected one weight for each class."
        else:
            weighted.add(code)
            by_class[code] = weight
            continue
        message = f"{reason} Received: {dict(class_weight)}."
        classes = ", ".join(f"{code}: {name}" for code, name in enumerate(target.classes))
        hint = f"The classes are {classes}."
        raise ConfigError((Diagnostic(message, _CLASS_WEIGHT, hint=hint),))
    return by_class[codes].astype(np.float32)


def target_codes(rows: Rows, target: TargetSpec) -> NDArray[np.intp]:
    """Return the class of each row as a code from 0, [rows], whatever the target's encoding."""
    if target.kind != "classes":
        message = f"class_weight needs a target of classes. Received: `{target.name}`, a number."
        raise ConfigError((Diagnostic(message, _CLASS_WEIGHT, hint="Remove class_weight."),))
    values = rows.targets[target.name]
    codes = values.argmax(axis=-1) if target.encoding == "one_hot" else np.rint(values).reshape(-1)
    return np.asarray(codes, np.intp)


def align_arrays(data: PreparedData) -> PreparedData:
    """Return equal data in memory that TensorFlow can share; aligned arrays are not copied.

    Drop the original data afterwards to free its memory.
    """
    return PreparedData(
        _align_rows(data.train),
        None if data.validation is None else _align_rows(data.validation),
        None if data.test is None else _align_rows(data.test),
        data.inputs,
        data.targets,
    )


def as_tensor(array: NDArray[Any]) -> tf.Tensor:
    """Return an array as a CPU tensor that shares its memory, or that of a single copy.

    The array must not be modified afterwards. `tf.convert_to_tensor` would copy it twice.
    """
    return tf.experimental.dlpack.from_dlpack(_align(array).__dlpack__())


def _align_rows(rows: Rows) -> Rows:
    weights = rows.sample_weight
    return Rows(
        {name: _align(values) for name, values in rows.inputs.items()},
        {name: _align(values) for name, values in rows.targets.items()},
        None if weights is None else _align(weights),
    )


def _align(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array itself, or a copy at an aligned address."""
    is_aligned = array.ctypes.data % _ALIGNMENT == 0 and array.flags.c_contiguous
    # DLPack cannot mark an array as read-only.
    if is_aligned and array.flags.writeable:
        return array
    buffer = np.empty(array.nbytes + _ALIGNMENT, np.uint8)
    start = -buffer.ctypes.data % _ALIGNMENT
    aligned = buffer[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    np.copyto(aligned, array)
    return aligned
