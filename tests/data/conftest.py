"""Fixtures: small experiments, data files, and empty cache folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.config import Experiment

MakeExperiment = Callable[..., Experiment]


@pytest.fixture(autouse=True)
def own_caches(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point every cache at an empty folder: no test reads or changes the user's."""
    folder = tmp_path_factory.mktemp("caches")
    monkeypatch.setenv("NNLAB_CACHE_DIR", str(folder / "nnlab"))
    monkeypatch.setenv("KERAS_HOME", str(folder / "keras"))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def experiment() -> MakeExperiment:
    """Build an experiment from its data section, the units of its output and its loss."""

    def build(
        data: dict[str, Any], units: int = 1, loss: str = "mean_squared_error", seed: int = 42
    ) -> Experiment:
        return Experiment.model_validate(
            {
                "seed": seed,
                "data": data,
                "model": {"layers": [{"Dense": {"units": units}}]},
                "training": {"optimizer": "adam", "loss": loss, "epochs": 1},
            }
        )

    return build


@pytest.fixture
def functional() -> MakeExperiment:
    """Build an experiment with named inputs and outputs, and a loss for each output."""

    def build(
        data: dict[str, Any], inputs: dict[str, int], outputs: dict[str, tuple[int, str]]
    ) -> Experiment:
        layers: dict[str, Any] = {"joined": {"Concatenate": {}, "from": list(inputs)}}
        if len(inputs) == 1:
            layers = {"joined": {"Dense": {"units": 2}, "from": next(iter(inputs))}}
        for name, (units, _) in outputs.items():
            layers[name] = {"Dense": {"units": units}, "from": "joined"}
        return Experiment.model_validate(
            {
                "seed": 42,
                "data": data,
                "model": {
                    "inputs": {name: {"shape": [width]} for name, width in inputs.items()},
                    "layers": layers,
                    "outputs": list(outputs),
                },
                "training": {
                    "optimizer": "adam",
                    "loss": {name: loss for name, (_, loss) in outputs.items()},
                    "epochs": 1,
                },
            }
        )

    return build


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[[str], Path]:
    """Write a CSV file, its lines separated by spaces."""

    def write(lines: str) -> Path:
        path = tmp_path / "data.csv"
        path.write_text("\n".join(lines.split(" ")) + "\n")
        return path

    return write


@pytest.fixture
def write_npz(tmp_path: Path) -> Callable[..., Path]:
    """Write an NPZ file from arrays by name."""

    def write(**arrays: Any) -> Path:
        path = tmp_path / "data.npz"
        np.savez(path, **arrays)
        return path

    return write
