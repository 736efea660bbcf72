"""The experiments of trials, and the search settings of a config."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.config import read_config
from nnlab.engine.search.sampler import Suggestion
from nnlab.engine.search.trial_configs import TrialConfigs

SPACE = """\
seed: 7
data: {dataset: iris, test_split: 0.2}
model:
  layers: [{Dense: {units: {Choice: [4, 8]}}}, {Dense: {units: 3, activation: softmax}}]
training:
  optimizer: adam
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  epochs: 20
"""


def configs_of(folder: Path, tune: str) -> TrialConfigs:
    path = folder / "space.yaml"
    path.write_text(f"{SPACE}tune: {{{tune}}}\n")
    return TrialConfigs(read_config(path))


@pytest.mark.parametrize(
    ("tune", "direction"),
    [
        ("objective: loss", "min"),
        ("objective: accuracy", "max"),
        ("objective: accuracy, direction: min", "min"),
    ],
)
def test_direction_is_that_of_the_metric_unless_set(
    tmp_path: Path, tune: str, direction: str
) -> None:
    assert configs_of(tmp_path, tune).direction == direction


def test_seed_is_that_of_the_experiment_unless_set(tmp_path: Path) -> None:
    assert configs_of(tmp_path, "objective: loss").seed == 7
    assert configs_of(tmp_path, "objective: loss, seed: 9").seed == 9


@pytest.mark.parametrize("algorithm", ["random", "grid", "bayesian", "hyperband"])
def test_each_algorithm_suggests_values(tmp_path: Path, algorithm: str) -> None:
    limit = ", max_trials: 2" if algorithm != "hyperband" else ""
    configs = configs_of(tmp_path, f"objective: loss, algorithm: {algorithm}{limit}")
    answer = configs.sampler().ask(1)
    assert isinstance(answer, Suggestion)
    assert answer.values["model.layers.0.Dense.units"] in {4, 8}
    assert (answer.epochs is not None) == (algorithm == "hyperband")


def test_trial_has_an_experiment_per_fold_and_execution(tmp_path: Path) -> None:
    configs = configs_of(tmp_path, "objective: val_loss, cv: 3, executions_per_trial: 2")
    values = {"model.layers.0.Dense.units": 8}
    experiments = configs.experiments(Suggestion(values, epochs=4))
    folds = [experiment.data.validation_fold for experiment in experiments]
    assert [fold.number for fold in folds if fold is not None] == [1, 2, 3, 1, 2, 3]
    assert [experiment.seed for experiment in experiments] == [7, 7, 7, 8, 8, 8]
    assert {experiment.data_seed for experiment in experiments} == {7}
    assert {experiment.training.epochs for experiment in experiments} == {4}
    assert configs.trainings == len(experiments)
