from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.data.prefetch import DataPrefetcher
from nnlab.errors import DataError


def experiment(**data: object) -> Experiment:
    return Experiment.model_validate(
        {
            "data": data,
            "model": {"layers": [{"Dense": {"units": 1, "activation": "sigmoid"}}]},
            "training": {"optimizer": "sgd", "loss": "bce", "epochs": 1},
        }
    )


def test_prefetched_data_equal_prepare() -> None:
    config = experiment(dataset={"moons": {"n_samples": 30}}, validation_split=0.2)
    prefetched, data = DataPrefetcher(config)(), prepare(config)
    for name, values in data.train.inputs.items():
        np.testing.assert_array_equal(prefetched.train.inputs[name], values)


def test_error_is_raised_by_the_call(tmp_path: Path) -> None:
    prefetcher = DataPrefetcher(experiment(file=str(tmp_path / "absent.csv"), target="y"))
    with pytest.raises(DataError, match=r"absent\.csv"):
        prefetcher()
