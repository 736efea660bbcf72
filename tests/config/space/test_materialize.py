"""Tests of materialized configs: values, folds, checkpoints, and YAML that reads back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nnlab.config import read_config
from nnlab.config.loader import Config, load_config
from nnlab.config.space.materialize import dump_materialized, materialize
from nnlab.errors import ConfigError, RequestError

BAD = Path(__file__).parents[1] / "bad"
SPACE = """\
extends: {base}
model:
  layers:
    - Repeat:
        times: {{Int: {{min_value: 0, max_value: 3}}}}
        layers:
          - Dense: {{units: {{Int: {{min_value: 4, max_value: 8}}}}, activation: relu}}
    - Dense: {{units: 3, activation: softmax}}
training:
  optimizer:
    Choice:
      - adam
      - SGD: {{momentum: {{Float: {{min_value: 0, max_value: 0.9}}}}}}
tune: {{objective: val_loss{more}}}
"""
VALUES: dict[str, Any] = {
    "model.layers.0.Repeat.times": 2,
    "model.layers.0.Repeat[1].layers.0.Dense.units": 5,
    "model.layers.0.Repeat[2].layers.0.Dense.units": 7,
    "training.optimizer": "SGD",
    "training.optimizer.Choice.1.SGD.momentum": 0.25,
}


def space(folder: Path, more: str = "", *overrides: str) -> Config:
    path = folder / "space.yaml"
    path.write_text(SPACE.format(base=BAD / "stack.yaml", more=more))
    return read_config(path, overrides)


def test_each_repetition_gets_a_separate_value(tmp_path: Path) -> None:
    experiment = materialize(space(tmp_path), VALUES).experiment
    assert [layer.units for layer in experiment.model.layers] == [5, 7, 3]  # type: ignore[union-attr]
    assert experiment.training.optimizer.to_tree() == {"SGD": {"momentum": 0.25}}
    assert experiment.tune is None


def test_values_of_inactive_hyperparameters_are_ignored(tmp_path: Path) -> None:
    config = space(tmp_path)
    inactive = {"model.layers.0.Repeat[3].layers.0.Dense.units": 8}
    assert (
        materialize(config, VALUES | inactive).experiment == materialize(config, VALUES).experiment
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"training.optimizer": "rmsprop"}, "Expected one of adam, SGD for training.optimizer"),
        ({"training.optimizer": None}, "none for training.optimizer"),
    ],
)
def test_missing_values_and_unknown_options_are_refused(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    values = {name: value for name, value in {**VALUES, **change}.items() if value is not None}
    with pytest.raises(RequestError, match=message):
        materialize(space(tmp_path), values)


def test_errors_of_values_are_located_at_their_marker(tmp_path: Path) -> None:
    values = VALUES | {"model.layers.0.Repeat[2].layers.0.Dense.units": -1}
    with pytest.raises(ConfigError) as error:
        materialize(space(tmp_path), values)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.path == "model.layers.0.Repeat.layers.0.Dense.units"
    assert diagnostic.location is not None
    assert diagnostic.location.line == 7


def test_the_yaml_reads_back_as_the_trial(tmp_path: Path) -> None:
    config = space(tmp_path)
    text = dump_materialized(config, VALUES, "The best of 3 trials.\nval_loss 0.1")
    assert text.startswith("# The best of 3 trials.\n# val_loss 0.1\nname: ")
    assert "extends" not in text
    (tmp_path / "best.yaml").write_text(text)
    assert load_config(tmp_path / "best.yaml") == materialize(config, VALUES).experiment


def test_max_epochs_becomes_the_epochs_of_a_trial(tmp_path: Path) -> None:
    config = space(tmp_path, ", max_epochs: 7, algorithm: hyperband")
    assert materialize(config, VALUES).experiment.training.epochs == 7


def test_folds_replace_the_validation_split(tmp_path: Path) -> None:
    config = space(tmp_path, ", cv: 4", "data.validation_split=null", "data.test_split=0.2")
    fold = materialize(config, VALUES, fold=3).experiment.data
    assert fold.validation_fold is not None
    assert (fold.validation_fold.number, fold.validation_fold.folds) == (3, 4)
    assert fold.validation_split is None
    # A fold is a quarter of the rows that are not test rows.
    assert materialize(config, VALUES).experiment.data.validation_split == pytest.approx(0.2)


def test_the_checkpoint_monitors_the_objective(tmp_path: Path) -> None:
    text = dump_materialized(space(tmp_path, "", "tune.objective=val_accuracy"), VALUES)
    path = tmp_path / "best.yaml"
    path.write_text(text)
    assert load_config(path).training.checkpoint.monitor == "val_accuracy"


@pytest.mark.parametrize("assignment", ["early_stopping=null", "checkpoint={}"])
def test_empty_checkpoint_settings_monitor_the_objective(tmp_path: Path, assignment: str) -> None:
    config = space(tmp_path, "", "tune.objective=val_accuracy", f"training.{assignment}")
    assert materialize(config, VALUES).experiment.training.checkpoint.monitor == "val_accuracy"


def test_each_option_of_a_choice_may_decide_which_weights_are_kept(tmp_path: Path) -> None:
    options = "training.early_stopping={Choice: [null, {patience: 3}]}"
    config = space(tmp_path, "", "tune.objective=val_accuracy", options)
    trainings = [
        materialize(config, VALUES | {"training.early_stopping": option}).experiment.training
        for option in config.hyperparameters[-1].values
    ]
    assert [training.checkpoint.monitor for training in trainings] == ["val_accuracy", None]


def test_a_config_that_decides_which_weights_are_kept_is_unchanged(tmp_path: Path) -> None:
    stopping = "training.early_stopping={monitor: val_loss, patience: 3}"
    config = space(tmp_path, "", "tune.objective=val_accuracy", stopping)
    assert materialize(config, VALUES).experiment.training.checkpoint.monitor is None
