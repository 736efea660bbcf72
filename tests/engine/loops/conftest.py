"""Fixtures for the tests of the loops: data, and the training of an experiment by any loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from nnlab.config import Experiment
from nnlab.data import PreparedData, Rows
from nnlab.data.containers.prepared import InputSpec, TargetSpec
from nnlab.engine.batches import DataAdapter
from nnlab.engine.callbacks import RunCallbacks
from nnlab.engine.loops import Loop
from nnlab.engine.models.builder import build_model, dtype_policy
from nnlab.engine.models.compilation import compile_model

ROWS = 27


class LogCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Record the metrics of each epoch and the order of the calls."""

    def __init__(self) -> None:
        super().__init__()
        self.epochs: list[dict[str, float]] = []
        self.calls: list[str] = []
        self.last_batches: list[int] = []

    def on_train_begin(self, logs: Any = None) -> None:
        del logs
        self.calls.append("train_begin")

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        del epoch, logs
        self.calls.append("epoch_begin")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        del logs
        self.last_batches.append(batch)

    def on_test_begin(self, logs: Any = None) -> None:
        del logs
        self.calls.append("test_begin")

    def on_test_end(self, logs: Any = None) -> None:
        del logs
        self.calls.append("test_end")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        del epoch
        self.calls.append("epoch_end")
        self.epochs.append(dict(logs or {}))

    def on_train_end(self, logs: Any = None) -> None:
        del logs
        self.calls.append("train_end")


@dataclass(frozen=True)
class Outcome:
    """The result of a training."""

    model: keras.Model
    log: LogCallback

    @property
    def weights(self) -> list[NDArray[Any]]:
        return [keras.ops.convert_to_numpy(variable) for variable in self.model.variables]

    @property
    def slots(self) -> list[NDArray[Any]]:
        variables = self.model.optimizer.variables
        return [keras.ops.convert_to_numpy(variable) for variable in variables]


Run = Callable[..., Outcome]


def select_rows(rows: Rows, selection: slice) -> Rows:
    weight = rows.sample_weight
    return Rows(
        {name: values[selection] for name, values in rows.inputs.items()},
        {name: values[selection] for name, values in rows.targets.items()},
        None if weight is None else weight[selection],
    )


@pytest.fixture
def prepared() -> Callable[..., PreparedData]:
    """Return a factory of data with 27 training rows; further rows are for validation."""

    def make(
        targets: Mapping[str, NDArray[Any]],
        inputs: Mapping[str, NDArray[Any]],
        sample_weight: NDArray[Any] | None = None,
    ) -> PreparedData:
        rows = Rows(dict(inputs), dict(targets), sample_weight)
        return PreparedData(
            select_rows(rows, slice(0, ROWS)),
            select_rows(rows, slice(ROWS, None)) if len(rows) > ROWS else None,
            None,
            {name: InputSpec(name, x.shape[1:], str(x.dtype)) for name, x in inputs.items()},
            {name: _target_spec(name, y) for name, y in targets.items()},
        )

    return make


def _target_spec(name: str, y: NDArray[Any]) -> TargetSpec:
    if y.dtype == np.int32:
        return TargetSpec(name, "classes", ("a", "b", "c"), "integer", 1)
    if y.ndim == 2 and y.shape[1] > 1:
        return TargetSpec(name, "classes", ("a", "b", "c")[: y.shape[1]], "one_hot", y.shape[1])
    return TargetSpec(name, "number", (), "number", 1)


@pytest.fixture
def run() -> Run:
    """Return a function that trains an experiment's model, from its initial weights, by a loop."""

    def train(
        loop: Loop,
        experiment: Experiment,
        data: PreparedData,
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Outcome:
        keras.backend.clear_session()
        with dtype_policy(experiment.training.dtype_policy):
            model = build_model(experiment, data.inputs)
            compile_model(model, experiment)
            adapter = DataAdapter(experiment, data, model)
            log, epochs = LogCallback(), experiment.training.epochs
            run_callbacks = RunCallbacks(
                [*callbacks, log], [log], model, epochs, adapter.steps_per_epoch
            )
            loop.run(model, adapter, experiment.training, run_callbacks)
        return Outcome(model, log)

    return train
