"""Mapping of values to codes and back, for Keras Tuner and Optuna."""

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


def test_decoded_codes_are_the_encoded_values() -> None:
    mapping = SpaceMapping(SPACE)
    values = mapping.decode(mapping.encode(VALUES))
    assert values == VALUES
    assert list(map(type, values.values())) == list(map(type, VALUES.values()))


def test_inactive_hyperparameters_are_omitted() -> None:
    mapping = SpaceMapping(SPACE)
    codes = mapping.encode({**VALUES, "depth": 0})
    assert "inner" not in mapping.decode(codes)


@pytest.mark.parametrize("value", [1, 1.5, True])
def test_equal_options_of_different_types_are_distinct(value: float) -> None:
    mapping = SpaceMapping(SPACE)
    option = mapping.decode(mapping.encode({**VALUES, "option": value}))["option"]
    assert (type(option), option) == (type(value), value)


def test_keras_tuner_space_is_complete_with_conditions() -> None:
    space = SpaceMapping(SPACE).keras_tuner_space()
    assert [dimension.name for dimension in space.space] == list(VALUES)
    assert space.get("whole") == 1
    space.values["depth"] = 0
    assert not space.is_active("inner")
    space.values["depth"] = 1  # the position of 2
    assert space.is_active("inner")


def test_optuna_accepts_the_suggested_values() -> None:
    mapping = SpaceMapping(SPACE)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    for _ in range(20):
        trial = study.ask()
        values = mapping.suggest_values(trial)
        assert mapping.optuna_params(values) == pytest.approx(trial.params)
        study.add_trial(
            optuna.trial.create_trial(
                params=mapping.optuna_params(values),
                distributions=mapping.optuna_distributions(values),
                value=0.0,
            )
        )
