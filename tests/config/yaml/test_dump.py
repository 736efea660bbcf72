"""Configs written as YAML read back as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from nnlab.config import Experiment, load_config
from nnlab.config.yaml.dump import config_yaml

CONFIGS = Path(__file__).parents[3] / "configs"


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_config_survives_the_way_there_and_back(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if "Repeat:" in text or "Choice:" in text:
        pytest.skip("holds a search space, which only a search resolves")
    experiment = load_config(path)
    again = tmp_path / "again.yaml"
    again.write_text(config_yaml(experiment), encoding="utf-8")
    assert load_config(again) == experiment


def test_what_holds_plain_values_stands_on_one_line() -> None:
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
    lines = config_yaml(experiment).splitlines()
    assert "  - Dense: {units: 1, activation: sigmoid}" in lines
    assert "    SGD: {learning_rate: 1.0e-05}" in lines
    assert yaml.safe_load("\n".join(lines))["training"]["class_weight"] == {0: 1.0, 1: 2.5}
    assert "tensorboard: false" in lines
