"""An Embedding must be large enough for every category and the unknown ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.engine.models.builder import build_model
from nnlab.errors import ConfigError


def make_experiment(folder: Path, input_dim: int) -> Experiment:
    """Return an experiment with an Embedding of a column with three categories."""
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


def test_embedding_that_is_too_small_is_an_error(tmp_path: Path) -> None:
    experiment = make_experiment(tmp_path, input_dim=3)
    with pytest.raises(ConfigError) as caught:
        build_model(experiment, prepare(experiment).inputs)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.path == "model.layers.0.Embedding.input_dim"
    assert "`job` has 3 categories" in diagnostic.message
    assert "input_dim to 4" in diagnostic.hint


def test_embedding_that_is_large_enough_is_built(tmp_path: Path) -> None:
    experiment = make_experiment(tmp_path, input_dim=4)
    assert build_model(experiment, prepare(experiment).inputs).count_params() == 4 * 2 + 3
