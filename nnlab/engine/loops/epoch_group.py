"""Groups of epochs in one call, for nets whose epoch takes less than a return to Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nnlab.engine.callbacks import ReplayedEpoch
from nnlab.engine.loops.epoch_pass import EpochPass, warm_up

# The learning rate and the number of iterations follow the metrics of an epoch.
_OPTIMIZER_VALUES = 2
_MAX_SNAPSHOT_BYTES = 64 * 2**20


class EpochGroup:
    """Run consecutive epochs on the device, and keep a snapshot of each one's final state.

    Callbacks of an epoch are called after the group: they can read its weights, and training can
    return to it.

    Args:
        model: The compiled model.
        training: The pass over the training rows.
        validation: The pass over the validation rows; None without any.
    """

    def __init__(
        self, model: keras.Model, training: EpochPass, validation: EpochPass | None
    ) -> None:
        self._model = model
        self._training = training
        self._passes = [training] if validation is None else [training, validation]
        optimizer = model.optimizer
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        # Callbacks set the learning rate; training changes all other variables.
        learning_rate = inner._learning_rate  # noqa: SLF001 - a variable, or a schedule
        others = (variable for variable in optimizer.variables if variable is not learning_rate)
        self._variables = PackedVariables([*model.variables, *others])
        self._run: Any
        self._restore: Any
        self._is_built = False

    @property
    def max_epochs(self) -> int:
        """Maximum number of epochs in a group, limited by the memory of their snapshots."""
        return max(1, _MAX_SNAPSHOT_BYTES // max(1, self._variables.nbytes))

    def build(self, rows: int) -> None:
        """Trace and compile without training, for a number of rows; later calls do nothing."""
        if self._is_built:
            return
        self._is_built = True
        for part in self._passes:
            part.trace()
        self._trace()
        no_order = tf.zeros([1, rows], tf.int64)
        warm_up(lambda: self._run(no_order, tf.constant(0)), self._retrace)

    def run(self, orders: NDArray[np.int64]) -> list[GroupedEpoch]:
        """Run an epoch for each order of the training rows, [epochs, rows]."""
        metrics, snapshots = self._run(tf.convert_to_tensor(orders), tf.constant(1))
        return [
            self._epoch(row, snapshots, index) for index, row in enumerate(metrics.numpy().tolist())
        ]

    def _epoch(self, row: list[float], snapshots: Any, index: int) -> GroupedEpoch:
        metrics, (rate, iterations) = row[:-_OPTIMIZER_VALUES], row[-_OPTIMIZER_VALUES:]
        names = self._training.names
        training, validation = metrics[: len(names)], metrics[len(names) :]
        validation_names = self._passes[-1].names if validation else ()
        replayed = ReplayedEpoch(
            rate,
            int(iterations),
            lambda: self._variables.read(snapshots, index, self._model.weights),
        )
        return GroupedEpoch(
            dict(zip(names, training, strict=True)),
            dict(zip(validation_names, validation, strict=True)),
            replayed,
            lambda: self._restore(snapshots, tf.constant(index)),
        )

    def _retrace(self, *, without_xla: bool) -> None:
        for part in self._passes:
            part.retrace(without_xla=without_xla)
        self._trace()

    def _trace(self) -> None:
        enabled = tf.TensorSpec([], tf.int32)
        orders = tf.TensorSpec([None, None], tf.int64)
        self._run = tf.function(self._run_epochs, autograph=False).get_concrete_function(
            orders, enabled
        )
        self._restore = tf.function(self._variables.restore, autograph=False)

    def _run_epochs(self, orders: Any, enabled: Any) -> Any:
        epochs = tf.shape(orders)[0]
        width = sum(len(part.names) for part in self._passes) + _OPTIMIZER_VALUES
        metrics = tf.TensorArray(tf.float64, epochs, element_shape=[width])
        snapshots = self._variables.allocate(epochs)

        def run_epoch(index: Any, metrics: Any, snapshots: Any) -> Any:
            values = [
                part.compute_metrics(orders[index], 0, part.steps, enabled=enabled)
                for part in self._passes
            ]
            values.append(tf.stack([self._learning_rate(), self._iterations()]))
            return (
                index + 1,
                metrics.write(index, tf.concat(values, 0)),
                self._variables.write(snapshots, index),
            )

        start = (tf.constant(0), metrics, snapshots)
        _, metrics, snapshots = tf.while_loop(
            lambda index, *_: index < epochs, run_epoch, start, parallel_iterations=1
        )
        return metrics.stack(), [array.stack() for array in snapshots]

    def _learning_rate(self) -> Any:
        return tf.cast(tf.convert_to_tensor(self._model.optimizer.learning_rate), tf.float64)

    def _iterations(self) -> Any:
        return tf.cast(tf.convert_to_tensor(self._model.optimizer.iterations), tf.float64)


@dataclass(frozen=True)
class GroupedEpoch:
    """An epoch that has run and whose callbacks have not been called yet.

    Args:
        logs: Training metrics by name.
        validation: Validation metrics by name.
        replayed: The state at its end, for callbacks.
        restore: Restores model and optimizer to its end, except for the learning rate.
    """

    logs: dict[str, float]
    validation: dict[str, float]
    replayed: ReplayedEpoch
    restore: Callable[[], Any]


class PackedVariables:
    """Write, read and restore snapshots of variables.

    A vector for each dtype is written and read at once: an operation per variable would cost more
    than a small net's epoch.
    """

    def __init__(self, variables: Sequence[keras.Variable]) -> None:
        by_dtype: dict[str, list[keras.Variable]] = {}
        for variable in variables:
            by_dtype.setdefault(variable.dtype, []).append(variable)
        self._groups = list(by_dtype.items())

    @property
    def nbytes(self) -> int:
        """Bytes of a snapshot."""
        return sum(tf.as_dtype(dtype).size * sum(_sizes(group)) for dtype, group in self._groups)

    def allocate(self, snapshots: Any) -> list[tf.TensorArray]:
        """Return empty arrays for a number of snapshots, a tensor."""
        return [
            tf.TensorArray(dtype, snapshots, element_shape=[sum(_sizes(group))])
            for dtype, group in self._groups
        ]

    def write(self, arrays: Sequence[tf.TensorArray], index: Any) -> list[tf.TensorArray]:
        """Write the current values to the arrays at an index, a tensor."""
        return [
            array.write(
                index, tf.concat([tf.reshape(variable.value, [-1]) for variable in group], 0)
            )
            for array, (_, group) in zip(arrays, self._groups, strict=True)
        ]

    def read(
        self, snapshots: Sequence[tf.Tensor], index: int, variables: Sequence[keras.Variable]
    ) -> list[NDArray[Any]]:
        """Return the values of some of the variables in a snapshot.

        Args:
            snapshots: The stacked arrays, each [snapshots, values].
            index: Index of the snapshot.
            variables: The variables to read.
        """
        values: dict[int, NDArray[Any]] = {}
        for snapshot, (_, group) in zip(snapshots, self._groups, strict=True):
            row = snapshot[index].numpy()
            parts = np.split(row, np.cumsum(_sizes(group))[:-1])
            for variable, part in zip(group, parts, strict=True):
                values[id(variable)] = part.reshape(variable.shape)
        return [values[id(variable)] for variable in variables]

    def restore(self, snapshots: Sequence[tf.Tensor], index: Any) -> None:
        """Assign the values of a snapshot, with its index as a tensor, to the variables."""
        for snapshot, (_, group) in zip(snapshots, self._groups, strict=True):
            parts = tf.split(snapshot[index], _sizes(group))
            for variable, part in zip(group, parts, strict=True):
                variable.assign(tf.reshape(part, variable.shape))


def _sizes(variables: Sequence[keras.Variable]) -> list[int]:
    return [int(np.prod(variable.shape)) for variable in variables]
