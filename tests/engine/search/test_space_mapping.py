"""Codes for values: there and back, in every library's words."""

from __future__ import annotations

import optuna
import pytest

from nnlab.config.space.hyperparameter import Condition, Hyperparameter
from nnlab.engine.search.space_mapping import SpaceMapping

SPACE = (
    Hyperparameter("depth", "int", 0, min_value=0, max_value=4, step=2),
    Hyperparameter("units", "int", 8, min_value=8, max_value=64, step=2, sampling="log"),
    Hyperparameter("rate", "float", 0.1, min_value=0.1, max_value=0.5, step=0.1),
    Hyperparameter("any", "float", 1.0, min_value=1.0, max_value=100.0, sampling="reverse_log"),
    Hyperparameter("whole", "int", 1, min_value=1, max_value=1000, sampling="log"),
    Hyperparameter("option", "choice", "relu", values=("relu", 1, 1.5, True), ordered=False),
    Hyperparameter("flag", "boolean", False, values=(False, True), ordered=False),
    Hyperparameter(
        "inner", "boolean", False, values=(False, True), conditions=(Condition("depth", (2, 4)),)
    ),
)
VALUES = {
    "depth": 4,
    "units": 32,
    "rate": 0.3,
    "any": 97.5,
    "whole": 10,
    "option": True,
    "flag": True,
    "inner": True,
}


def test_values_survive_the_way_there_and_back() -> None:
    coding = SpaceMapping(SPACE)
    found = coding.decode(coding.encode(VALUES))
    assert found == VALUES
    assert [type(value) for value in found.values()] == [type(v) for v in VALUES.values()]


def test_what_does_not_matter_is_left_out() -> None:
    coding = SpaceMapping(SPACE)
    codes = coding.encode({**VALUES, "depth": 0})
    assert "inner" not in coding.decode(codes)


@pytest.mark.parametrize("value", [1, 1.5, True])
def test_options_that_python_calls_equal_stay_apart(value: float) -> None:
    coding = SpaceMapping(SPACE)
    found = coding.decode(coding.encode({**VALUES, "option": value}))["option"]
    assert (type(found), found) == (type(value), value)


def test_keras_tuner_gets_all_of_the_space_with_its_conditions() -> None:
    space = SpaceMapping(SPACE).keras_tuner_space()
    assert [one.name for one in space.space] == list(VALUES)
    assert space.get("whole") == 1
    space.values["depth"] = 0
    assert not space.is_active("inner")
    space.values["depth"] = 1  # the position of 2
    assert space.is_active("inner")


def test_optuna_keeps_what_was_suggested() -> None:
    coding = SpaceMapping(SPACE)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    for _ in range(20):
        trial = study.ask()
        values = coding.suggested(trial)
        assert coding.optuna_params(values) == pytest.approx(trial.params)
        study.add_trial(
            optuna.trial.create_trial(
                params=coding.optuna_params(values),
                distributions=coding.optuna_distributions(values),
                value=0.0,
            )
        )
