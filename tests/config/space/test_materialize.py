"""Configs with values chosen: each repetition its own, folds, text that trains again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nnlab.config import read_config
from nnlab.config.loader import Config, load_config
from nnlab.config.space.materialize import materialize, materialized_yaml
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


def test_each_repetition_gets_its_own_value(tmp_path: Path) -> None:
    experiment = materialize(space(tmp_path), VALUES).experiment
    assert [layer.units for layer in experiment.model.layers] == [5, 7, 3]  # type: ignore[union-attr]
    assert experiment.training.optimizer.to_tree() == {"SGD": {"momentum": 0.25}}
    assert experiment.tune is None


def test_values_that_nothing_calls_for_change_nothing(tmp_path: Path) -> None:
    config = space(tmp_path)
    more = {"model.layers.0.Repeat[3].layers.0.Dense.units": 8}
    assert materialize(config, VALUES | more).experiment == materialize(config, VALUES).experiment


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"training.optimizer": "rmsprop"}, "Expected one of adam, SGD for training.optimizer"),
        ({"training.optimizer": None}, "none for training.optimizer"),
    ],
)
def test_a_value_that_is_lacking_or_none_of_a_choice_is_told(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    values = {name: value for name, value in {**VALUES, **change}.items() if value is not None}
    with pytest.raises(RequestError, match=message):
        materialize(space(tmp_path), values)


def test_faults_that_values_make_stand_where_they_were_written(tmp_path: Path) -> None:
    values = VALUES | {"model.layers.0.Repeat[2].layers.0.Dense.units": -1}
    with pytest.raises(ConfigError) as error:
        materialize(space(tmp_path), values)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.path == "model.layers.0.Repeat.layers.0.Dense.units"
    assert diagnostic.location is not None
    assert diagnostic.location.line == 7


def test_the_text_reads_back_as_the_trial(tmp_path: Path) -> None:
    config = space(tmp_path)
    text = materialized_yaml(config, VALUES, "The best of 3 trials.\nval_loss 0.1")
    assert text.startswith("# The best of 3 trials.\n# val_loss 0.1\nname: ")
    assert "extends" not in text
    (tmp_path / "best.yaml").write_text(text)
    assert load_config(tmp_path / "best.yaml") == materialize(config, VALUES).experiment


def test_the_epochs_of_a_full_trial_are_those_of_the_config(tmp_path: Path) -> None:
    config = space(tmp_path, ", max_epochs: 7, algorithm: hyperband")
    assert materialize(config, VALUES).experiment.training.epochs == 7


def test_folds_stand_in_the_place_of_a_fraction(tmp_path: Path) -> None:
    config = space(tmp_path, ", cv: 4", "data.validation_split=null", "data.test_split=0.2")
    fold = materialize(config, VALUES, fold=3).experiment.data
    assert fold.validation_fold is not None
    assert (fold.validation_fold.number, fold.validation_fold.folds) == (3, 4)
    assert fold.validation_split is None
    # A fold is a quarter of what is not tested on.
    assert materialize(config, VALUES).experiment.data.validation_split == pytest.approx(0.2)


def test_weights_that_are_kept_are_those_that_the_trial_is_judged_by(tmp_path: Path) -> None:
    text = materialized_yaml(space(tmp_path, "", "tune.objective=val_accuracy"), VALUES)
    path = tmp_path / "best.yaml"
    path.write_text(text)
    assert load_config(path).training.checkpoint.monitor == "val_accuracy"


@pytest.mark.parametrize("nothing", ["early_stopping=null", "checkpoint={}"])
def test_what_is_written_out_and_says_nothing_decides_nothing(tmp_path: Path, nothing: str) -> None:
    config = space(tmp_path, "", "tune.objective=val_accuracy", f"training.{nothing}")
    assert materialize(config, VALUES).experiment.training.checkpoint.monitor == "val_accuracy"


def test_each_option_of_a_choice_says_for_itself_which_weights_are_kept(tmp_path: Path) -> None:
    options = "training.early_stopping={Choice: [null, {patience: 3}]}"
    config = space(tmp_path, "", "tune.objective=val_accuracy", options)
    monitors = [
        materialize(config, VALUES | {"training.early_stopping": option}).experiment.training
        for option in config.hyperparameters[-1].values
    ]
    assert [one.checkpoint.monitor for one in monitors] == ["val_accuracy", None]


def test_config_that_says_which_weights_are_kept_is_left_alone(tmp_path: Path) -> None:
    stopping = "training.early_stopping={monitor: val_loss, patience: 3}"
    config = space(tmp_path, "", "tune.objective=val_accuracy", stopping)
    assert materialize(config, VALUES).experiment.training.checkpoint.monitor is None
