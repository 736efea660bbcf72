"""Tests of dumping: configs read back as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from nnlab.config import Experiment, load_config
from nnlab.config.yaml.dump import dump_config

CONFIGS = Path(__file__).parents[3] / "configs"


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_built_in_configs_read_back_as_they_were(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if "Repeat:" in text or "Choice:" in text:
        pytest.skip("contains search markers")
    experiment = load_config(path)
    copy = tmp_path / "copy.yaml"
    copy.write_text(dump_config(experiment), encoding="utf-8")
    assert load_config(copy) == experiment


def test_collections_of_scalars_are_written_on_one_line() -> None:
    experiment = Experiment.model_validate(
        {
            "data": {"dataset": "xor"},
            "model": {"layers": [{"Dense": {"units": 1, "activation": "sigmoid"}}]},
            "training": {
                "optimizer": {"SGD": {"learning_rate": 1e-5}},
                "loss": "bce",
                "epochs": 9,
                "class_weight": {0: 1.0, 1: 2.5},
            },
            "tensorboard": False,
        }
    )
    lines = dump_config(experiment).splitlines()
    assert "  - Dense: {units: 1, activation: sigmoid}" in lines
    assert "    SGD: {learning_rate: 1.0e-05}" in lines
    assert yaml.safe_load("\n".join(lines))["training"]["class_weight"] == {0: 1.0, 1: 2.5}
    assert "tensorboard: false" in lines
