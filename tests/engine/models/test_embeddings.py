"""An Embedding must have room for every category and for what is none of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.engine.models.builder import build_model
from nnlab.errors import ConfigError


def experiment(folder: Path, input_dim: int) -> Experiment:
    """A table with a column of three jobs, looked up in an Embedding."""
    table = folder / "jobs.csv"
    table.write_text("job,pay\n" + "\n".join(f"{job},{n}" for n, job in enumerate("abc" * 4)))
    return Experiment.model_validate(
        {
            "data": {"file": str(table), "target": "pay", "encoding": "integer"},
            "model": {
                "layers": [
                    {"Embedding": {"input_dim": input_dim, "output_dim": 2}},
                    "Flatten",
                    {"Dense": 1},
                ]
            },
            "training": {"optimizer": "adam", "loss": "mse", "epochs": 1},
        }
    )


def test_embedding_without_room_for_all_codes_is_a_fault(tmp_path: Path) -> None:
    config = experiment(tmp_path, input_dim=3)
    with pytest.raises(ConfigError) as caught:
        build_model(config, prepare(config).inputs)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.path == "model.layers.0.Embedding.input_dim"
    assert "`job` has 3 categories" in diagnostic.message
    assert diagnostic.hint == "Set input_dim: 4, or more."


def test_embedding_with_room_builds(tmp_path: Path) -> None:
    config = experiment(tmp_path, input_dim=4)
    assert build_model(config, prepare(config).inputs).count_params() == 4 * 2 + 3
