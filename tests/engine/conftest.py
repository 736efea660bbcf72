"""What the engine's tests start from: experiments and inputs in a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nnlab.config import Experiment
from nnlab.data.containers.prepared import InputSpec

MakeExperiment = Callable[..., Experiment]


@pytest.fixture
def make_experiment() -> MakeExperiment:
    """An experiment from its `model` section (or Sequential layers) and keys of `training`."""

    def make(model: Any, seed: int = 42, **training: Any) -> Experiment:
        section = {"layers": model} if isinstance(model, list) else model
        learning = {"optimizer": "adam", "loss": "mse", "epochs": 1} | training
        return Experiment.model_validate(
            {"seed": seed, "data": {"file": "rows.npz"}, "model": section, "training": learning}
        )

    return make


@pytest.fixture
def rows_of() -> Callable[..., dict[str, InputSpec]]:
    """The only input of data whose rows have a shape: `rows_of(28, 28, dtype="uint8")`."""

    def make(
        *shape: int, dtype: str = "float32", scale: Any = None, offset: Any = None
    ) -> dict[str, InputSpec]:
        return {"input": InputSpec("input", shape, dtype, (), scale, offset)}

    return make


@pytest.fixture(scope="session")
def moons() -> MakeExperiment:
    """A small net on 40 rows of two moons; arguments go into its sections: `moons(data={...})`."""

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
