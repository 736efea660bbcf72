"""Epoch after epoch, and what callbacks are told of each: what `fit` tells them."""

from __future__ import annotations

import time
from dataclasses import dataclass

import keras
import numpy as np

from nnlab.engine.batches.data_adapter import DataAdapter
from nnlab.engine.callbacks import ReduceLROnPlateau, RunCallbacks
from nnlab.engine.loops.chunk_size import ChunkSizer
from nnlab.engine.loops.epoch_group import EpochGroup, GroupedEpoch
from nnlab.engine.loops.epoch_pass import EpochPass

Logs = dict[str, float]

# Of epochs run at once. It is also what was run in vain when training ends in the middle of them.
_GROUP_S = 0.1


@dataclass(frozen=True)
class EpochParts:
    """What epochs are made of.

    Args:
        model: The compiled model.
        adapter: Its batches.
        callbacks: What listens.
        learning: A pass over the training rows.
        validation: A pass over the validation rows; None without any.
    """

    model: keras.Model
    adapter: DataAdapter
    callbacks: RunCallbacks
    learning: EpochPass
    validation: EpochPass | None


class EpochRunner:
    """Runs an epoch in one call or in several, and tells of it as it goes.

    Args:
        parts: What the epochs are made of.
    """

    def __init__(self, parts: EpochParts) -> None:
        self._parts = parts
        self._learning_pace = ChunkSizer()
        self._validation_pace = ChunkSizer()

    def run(self, first: int, last: int) -> Logs:
        """Run epochs until the last, or until a callback sets `model.stop_training`.

        Args:
            first: The first epoch, from 0.
            last: The epoch before which to stop.

        Returns:
            The figures of the last one that was run.
        """
        parts, logs = self._parts, Logs()
        for epoch in range(first, last):
            parts.callbacks.on_epoch_begin(epoch)
            logs = self._learn(epoch)
            if parts.validation is not None:
                figures = evaluate(parts.validation, parts.callbacks, self._validation_pace)
                logs |= _of_validation(figures)
            parts.callbacks.on_epoch_end(epoch, logs)
            if parts.model.stop_training:
                break
        return logs

    def _learn(self, epoch: int) -> Logs:
        parts, logs = self._parts, Logs()
        parts.learning.build()
        parts.callbacks.epoch_state.step_graph = parts.learning.step_graph
        order = parts.adapter.row_order(epoch)
        first, steps = 0, parts.learning.steps
        while first < steps and not parts.model.stop_training:
            last = first + self._learning_pace.steps(steps - first)
            parts.callbacks.on_train_batch_begin(first)
            start = time.perf_counter()
            logs = parts.learning.run(order, first, last)
            self._learning_pace.took(last - first, time.perf_counter() - start)
            parts.callbacks.on_train_batch_end(last - 1, logs)
            first = last
        return dict(logs)


class GroupedEpochRunner:
    """Runs many epochs in one call, and tells of each afterwards.

    Where a callback ends the training, or changes the learning rate, model and optimizer go back to
    the end of that epoch.

    Args:
        parts: What the epochs are made of.
    """

    def __init__(self, parts: EpochParts) -> None:
        self._parts = parts
        self._group = EpochGroup(parts.model, parts.learning, parts.validation)
        self._pace = ChunkSizer(_GROUP_S)
        self._before: GroupedEpoch | None = None
        self._rate_may_change = any(
            isinstance(callback, ReduceLROnPlateau) for callback in parts.callbacks.callbacks
        )

    def run(self, first: int, last: int) -> Logs:
        """Run epochs until the last, or until a callback sets `model.stop_training`.

        Args:
            first: The first epoch, from 0.
            last: The epoch before which to stop.

        Returns:
            The figures of the last one that was run.
        """
        start = time.perf_counter()
        self._group.build(self._parts.adapter.rows)
        self._parts.callbacks.epoch_state.step_graph = self._parts.learning.step_graph
        # The first epoch holds tracing and compiling, as it does wherever epochs are run.
        extra_s = time.perf_counter() - start
        logs, epoch = Logs(), first
        while epoch < last and not self._parts.model.stop_training:
            count = min(self._pace.steps(last - epoch), self._group.most)
            start = time.perf_counter()
            orders = [self._parts.adapter.row_order(one) for one in range(epoch, epoch + count)]
            epochs = self._group.run(np.stack(orders))
            took = time.perf_counter() - start
            self._pace.took(count, took)
            seconds = [took / count + extra_s, *[took / count] * (count - 1)]
            told = self._tell(epoch, epochs, seconds)
            self._before, logs = epochs[told - 1], epochs[told - 1].logs
            epoch, extra_s = epoch + told, 0.0
        return logs

    def _tell(self, first: int, epochs: list[GroupedEpoch], seconds: list[float]) -> int:
        """Tell of epochs until training ends or changes; that many."""
        told, rate = 0, self._rate()
        try:
            for epoch, took in zip(epochs, seconds, strict=True):
                with self._parts.callbacks.epoch_state.replay(epoch.past, took):
                    self._tell_of(first + told, epoch)
                told += 1
                if self._parts.model.stop_training or self._rate() != rate:
                    break
        finally:
            last = epochs[told - 1] if told else self._before
            if told < len(epochs) and last is not None:
                last.go_back()
        return told

    def _rate(self) -> float:
        """The learning rate, where a callback may change it between epochs."""
        optimizer = self._parts.model.optimizer
        return float(optimizer.learning_rate) if self._rate_may_change else 0.0

    def _tell_of(self, number: int, epoch: GroupedEpoch) -> None:
        callbacks, logs = self._parts.callbacks, dict(epoch.logs)
        callbacks.on_epoch_begin(number)
        callbacks.on_train_batch_begin(0)
        callbacks.on_train_batch_end(self._parts.learning.steps - 1, logs)
        if self._parts.validation is not None:
            callbacks.on_test_begin()
            callbacks.on_test_batch_begin(0)
            callbacks.on_test_batch_end(self._parts.validation.steps - 1, epoch.validation)
            callbacks.on_test_end(epoch.validation)
            logs |= _of_validation(epoch.validation)
        callbacks.on_epoch_end(number, logs)


def evaluate(rows: EpochPass, callbacks: RunCallbacks, pace: ChunkSizer) -> Logs:
    """Evaluate the model on rows, and tell of it.

    Args:
        rows: A pass over them.
        callbacks: What listens.
        pace: How many batches to evaluate before coming back to Python.

    Returns:
        The figures by name.
    """
    rows.build()
    callbacks.on_test_begin()
    logs = Logs()
    first, steps = 0, rows.steps
    while first < steps:
        last = first + pace.steps(steps - first)
        callbacks.on_test_batch_begin(first)
        start = time.perf_counter()
        logs = rows.run(None, first, last)
        pace.took(last - first, time.perf_counter() - start)
        callbacks.on_test_batch_end(last - 1, logs)
        first = last
    callbacks.on_test_end(logs)
    return logs


def _of_validation(logs: Logs) -> Logs:
    return {f"val_{name}": value for name, value in logs.items()}
