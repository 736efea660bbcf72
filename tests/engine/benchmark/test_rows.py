"""The rows of a benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.config import Experiment
from nnlab.data.datasets import keras_datasets
from nnlab.engine.benchmark.rows import find_rows
from nnlab.errors import DataError


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
