"""Run epochs in chunks of steps or in groups, with the callbacks' hooks of Keras' `fit`."""

from __future__ import annotations

import time
from dataclasses import dataclass

import keras
import numpy as np

from nnlab.engine.batches import DataAdapter
from nnlab.engine.callbacks import ReduceLROnPlateau, RunCallbacks
from nnlab.engine.loops.epoch_group import EpochGroup, GroupedEpoch
from nnlab.engine.loops.epoch_pass import EpochPass

Logs = dict[str, float]

# Three updates of the progress bar per second, and Ctrl-C takes effect within one.
_INTERVAL_S = 1 / 3
_FIRST_STEPS = 8
_MAX_GROWTH = 8
# Target duration of a group. This much work is wasted if training stops within a group.
_GROUP_S = 0.1


@dataclass(frozen=True)
class EpochParts:
    """The parts of an epoch.

    Args:
        model: The compiled model.
        adapter: Its batches.
        callbacks: The callbacks.
        training: The pass over the training rows.
        validation: The pass over the validation rows; None without any.
    """

    model: keras.Model
    adapter: DataAdapter
    callbacks: RunCallbacks
    training: EpochPass
    validation: EpochPass | None


class EpochRunner:
    """Run each epoch in one or several calls, with callbacks in between."""

    def __init__(self, parts: EpochParts) -> None:
        self._parts = parts
        self._training_sizer = ChunkSizer()
        self._validation_sizer = ChunkSizer()

    def run(self, first: int, last: int) -> Logs:
        """Run epochs from `first` to `last` (exclusive) and return the metrics of the last one.

        A callback stops them by setting `model.stop_training`.
        """
        parts, logs = self._parts, Logs()
        for epoch in range(first, last):
            parts.callbacks.on_epoch_begin(epoch)
            logs = self._train(epoch)
            if parts.validation is not None:
                metrics = evaluate(parts.validation, parts.callbacks, self._validation_sizer)
                logs |= _prefix_validation(metrics)
            parts.callbacks.on_epoch_end(epoch, logs)
            if parts.model.stop_training:
                break
        return logs

    def _train(self, epoch: int) -> Logs:
        parts, logs = self._parts, Logs()
        parts.training.build()
        parts.callbacks.epoch_state.step_graph = parts.training.step_graph
        order = parts.adapter.row_order(epoch)
        first, steps = 0, parts.training.steps
        while first < steps and not parts.model.stop_training:
            last = first + self._training_sizer.next_steps(steps - first)
            parts.callbacks.on_train_batch_begin(first)
            start = time.perf_counter()
            logs = parts.training.run(order, first, last)
            self._training_sizer.record(last - first, time.perf_counter() - start)
            parts.callbacks.on_train_batch_end(last - 1, logs)
            first = last
        return dict(logs)


class GroupedEpochRunner:
    """Run many epochs in one call, and call the callbacks of each one afterwards.

    If a callback stops the training or changes the learning rate, model and optimizer are restored
    to the end of that epoch.
    """

    def __init__(self, parts: EpochParts) -> None:
        self._parts = parts
        self._group = EpochGroup(parts.model, parts.training, parts.validation)
        self._sizer = ChunkSizer(_GROUP_S)
        self._last_epoch: GroupedEpoch | None = None
        self._rate_may_change = any(
            isinstance(callback, ReduceLROnPlateau) for callback in parts.callbacks.callbacks
        )

    def run(self, first: int, last: int) -> Logs:
        """Run epochs from `first` to `last` (exclusive) and return the metrics of the last one.

        A callback stops them by setting `model.stop_training`.
        """
        start = time.perf_counter()
        self._group.build(self._parts.adapter.rows)
        self._parts.callbacks.epoch_state.step_graph = self._parts.training.step_graph
        # The duration of the first epoch includes tracing and compiling, as in every loop.
        build_s = time.perf_counter() - start
        logs, epoch = Logs(), first
        while epoch < last and not self._parts.model.stop_training:
            count = min(self._sizer.next_steps(last - epoch), self._group.max_epochs)
            start = time.perf_counter()
            orders = [self._parts.adapter.row_order(epoch + index) for index in range(count)]
            epochs = self._group.run(np.stack(orders))
            group_s = time.perf_counter() - start
            self._sizer.record(count, group_s)
            seconds = [group_s / count + build_s, *[group_s / count] * (count - 1)]
            replayed = self._replay(epoch, epochs, seconds)
            self._last_epoch, logs = epochs[replayed - 1], epochs[replayed - 1].logs
            epoch, build_s = epoch + replayed, 0.0
        return logs

    def _replay(self, first: int, epochs: list[GroupedEpoch], seconds: list[float]) -> int:
        """Call the callbacks until training stops or changes, and return the number of epochs."""
        replayed, rate = 0, self._learning_rate()
        try:
            for epoch, epoch_s in zip(epochs, seconds, strict=True):
                with self._parts.callbacks.epoch_state.replay(epoch.replayed, epoch_s):
                    self._call_callbacks(first + replayed, epoch)
                replayed += 1
                if self._parts.model.stop_training or self._learning_rate() != rate:
                    break
        finally:
            last = epochs[replayed - 1] if replayed else self._last_epoch
            if replayed < len(epochs) and last is not None:
                last.restore()
        return replayed

    def _learning_rate(self) -> float:
        """Return the learning rate, or 0 if no callback changes it."""
        optimizer = self._parts.model.optimizer
        return float(optimizer.learning_rate) if self._rate_may_change else 0.0

    def _call_callbacks(self, number: int, epoch: GroupedEpoch) -> None:
        callbacks, logs = self._parts.callbacks, dict(epoch.logs)
        callbacks.on_epoch_begin(number)
        callbacks.on_train_batch_begin(0)
        callbacks.on_train_batch_end(self._parts.training.steps - 1, logs)
        if self._parts.validation is not None:
            callbacks.on_test_begin()
            callbacks.on_test_batch_begin(0)
            callbacks.on_test_batch_end(self._parts.validation.steps - 1, epoch.validation)
            callbacks.on_test_end(epoch.validation)
            logs |= _prefix_validation(epoch.validation)
        callbacks.on_epoch_end(number, logs)


def evaluate(rows: EpochPass, callbacks: RunCallbacks, sizer: ChunkSizer) -> Logs:
    """Evaluate the model in a pass over rows and return the metrics by name."""
    rows.build()
    callbacks.on_test_begin()
    logs = Logs()
    first, steps = 0, rows.steps
    while first < steps:
        last = first + sizer.next_steps(steps - first)
        callbacks.on_test_batch_begin(first)
        start = time.perf_counter()
        logs = rows.run(None, first, last)
        sizer.record(last - first, time.perf_counter() - start)
        callbacks.on_test_batch_end(last - 1, logs)
        first = last
    callbacks.on_test_end(logs)
    return logs


def _prefix_validation(logs: Logs) -> Logs:
    return {f"val_{name}": value for name, value in logs.items()}


class ChunkSizer:
    """Split a pass into chunks of steps that take about a third of a second each.

    Args:
        interval_s: Target duration of a chunk in seconds. Defaults to 1/3.

    Example:
        >>> sizer = ChunkSizer(interval_s=0.5)
        >>> sizer.next_steps(remaining=1000)
        8
        >>> sizer.record(8, seconds=0.04)
        >>> sizer.next_steps(remaining=992)
        64
        >>> sizer.record(64, seconds=0.32)
        >>> sizer.next_steps(remaining=928)
        100
    """

    def __init__(self, interval_s: float = _INTERVAL_S) -> None:
        self._interval_s = interval_s
        self._steps = _FIRST_STEPS

    def next_steps(self, remaining: int) -> int:
        """Return the number of steps of the next chunk."""
        return min(self._steps, remaining)

    def record(self, steps: int, seconds: float) -> None:
        """Adapt the size to the duration of a chunk."""
        max_steps = self._steps * _MAX_GROWTH
        target = int(steps * self._interval_s / seconds + 0.5) if seconds > 0 else max_steps
        if steps < self._steps:
            # In a shorter chunk, at the end of a pass, the overhead of the call is overweighted.
            target = max(target, self._steps)
        self._steps = max(1, min(target, max_steps))
