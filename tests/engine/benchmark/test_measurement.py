"""Operations of a step, and the time of a step of one row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.data.datasets import keras_datasets
from nnlab.engine.benchmark.measurement import (
    BenchmarkTask,
    MeasuredRows,
    count_flop,
    find_rows,
    one_row_s,
)
from nnlab.engine.runtime.devices import select_device
from nnlab.engine.training.trainable import make_trainable
from nnlab.errors import DataError
from tests.engine.conftest import MakeExperiment


@pytest.mark.slow
def test_flop_count_is_that_of_the_matrix_products(moons: MakeExperiment) -> None:
    layers = [{"Dense": 64}, {"Dense": 64}, {"Dense": {"units": 1, "activation": "sigmoid"}}]
    counts = {}
    for size in (4, 8):
        experiment = moons(model={"layers": layers}, training={"batch_size": size})
        trainable = make_trainable(experiment, prepare(experiment), select_device("cpu"))
        counts[size] = count_flop(trainable.model, trainable.adapter)
    # Per weight and row: 2 forward, 2 for its gradient, 2 for the gradient of its input, except in
    # the first layer.
    products = 8 * (6 * (64 * 64 + 64) + 4 * 2 * 64)
    assert counts[8] is not None
    assert counts[4] is not None
    assert products <= counts[8] < 1.3 * products
    assert 1.7 < counts[8] / counts[4] <= 2


@pytest.mark.slow
def test_steps_of_one_row_keep_the_steps_per_epoch(moons: MakeExperiment) -> None:
    training = {"batch_size": 16, "engine": "compiled", "jit_compile": False}
    experiment = moons(training=training)
    trainable = make_trainable(experiment, prepare(experiment), select_device("cpu"))
    steps = trainable.adapter.steps_per_epoch
    adapter = trainable.adapter.subset(steps, 1)
    assert (adapter.batch_size, adapter.steps_per_epoch) == (1, steps)
    task = BenchmarkTask("cpu", experiment, MeasuredRows("moons"), seconds=0.05)
    assert one_row_s(trainable, task) > 0


def experiment(dataset: Any) -> Experiment:
    return Experiment.model_validate(
        {
            "data": {"dataset": dataset, "scaling": "minmax", "validation_split": 0.1},
            "model": {"layers": [{"Dense": {"units": 10, "activation": "softmax"}}]},
            "training": {"optimizer": "sgd", "loss": "categorical_crossentropy", "epochs": 1},
        }
    )


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Make all downloads fail."""

    def fail(*_: object) -> Path:
        message = "could not be fetched"
        raise DataError(message)

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras_datasets, "fetch", fail)


@pytest.mark.usefixtures("no_network")
def test_random_rows_replace_images_that_cannot_be_downloaded() -> None:
    rows, data = find_rows(experiment("mnist"), max_rows=1000)
    assert (rows.name, rows.error) == ("random", "could not be fetched")
    assert data.train.inputs["input"].shape == (1000, 28, 28)
    assert data.train.inputs["input"].dtype == np.uint8
    assert next(iter(data.train.targets.values())).shape == (1000, 10)
    assert data.validation is None
    again = rows.prepare(experiment("mnist"))
    assert np.array_equal(again.train.inputs["input"], data.train.inputs["input"])


@pytest.mark.usefixtures("no_network")
def test_tables_are_not_replaced() -> None:
    with pytest.raises(DataError, match="could not be fetched"):
        find_rows(experiment("boston_housing"), max_rows=None)


def test_available_rows_are_those_of_the_config() -> None:
    rows, data = find_rows(experiment("digits"), max_rows=None)
    assert (rows.name, rows.error) == ("digits", "")
    assert data.test is None
    assert len(data.train) > 1000
