"""Fixtures for the engine's tests: experiments and inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nnlab.config import Experiment
from nnlab.data.containers.prepared import InputSpec

MakeExperiment = Callable[..., Experiment]


@pytest.fixture
def make_experiment() -> MakeExperiment:
    """Return a factory of experiments: a `model` section or layers, and keys of `training`."""

    def make(model: Any, seed: int = 42, **training: Any) -> Experiment:
        section = {"layers": model} if isinstance(model, list) else model
        settings = {"optimizer": "adam", "loss": "mse", "epochs": 1} | training
        return Experiment.model_validate(
            {"seed": seed, "data": {"file": "rows.npz"}, "model": section, "training": settings}
        )

    return make


@pytest.fixture
def rows_of() -> Callable[..., dict[str, InputSpec]]:
    """Return a factory of the specs of a single input: `rows_of(28, 28, dtype="uint8")`."""

    def make(
        *shape: int, dtype: str = "float32", scale: Any = None, offset: Any = None
    ) -> dict[str, InputSpec]:
        return {"input": InputSpec("input", shape, dtype, (), scale, offset)}

    return make


@pytest.fixture(scope="session")
def moons() -> MakeExperiment:
    """Return a factory of experiments on 40 rows of two moons: `moons(data={...})` merges keys."""

    def make(seed: int = 42, tensorboard: Any = False, **sections: Any) -> Experiment:
        tree: dict[str, Any] = {
            "name": "moons",
            "seed": seed,
            "data": {
                "dataset": {"moons": {"n_samples": 40, "noise": 0.2}},
                "validation_split": 0.25,
                "test_split": 0.25,
            },
            "model": {
                "layers": [
                    {"Dense": {"units": 8, "activation": "relu"}},
                    {"Dropout": 0.2},
                    {"Dense": {"units": 1, "activation": "sigmoid"}},
                ]
            },
            "training": {
                "optimizer": {"Adam": 0.01},
                "loss": "binary_crossentropy",
                "metrics": ["accuracy"],
                "batch_size": 8,
                "epochs": 4,
            },
            "tensorboard": tensorboard,
        }
        for name, values in sections.items():
            tree[name] = tree[name] | values
        return Experiment.model_validate(tree)

    return make
