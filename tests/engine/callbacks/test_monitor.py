"""Directions of metrics, and what chooses the weights of a run."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from nnlab.config import Experiment
from nnlab.config.schema.metrics import directions
from nnlab.engine.callbacks.monitor import Monitor, weights_monitor


def test_directions_are_those_of_losses_and_metrics(moons: Callable[..., Experiment]) -> None:
    experiment = moons(training={"metrics": ["accuracy", "mae", {"AUC": {"name": "area"}}]})
    found = directions(experiment)
    assert found == {"loss": "min", "accuracy": "max", "mae": "min", "area": "max"}


def test_figures_of_several_outputs_have_directions_under_their_names() -> None:
    experiment = Experiment.model_validate(
        {
            "data": {"dataset": "linear", "target": {"a": "y", "b": "y"}},
            "model": {
                "inputs": {"x": {"shape": [1]}},
                "layers": {
                    "a": {"Dense": {"units": 1}, "from": "x"},
                    "b": {"Dense": {"units": 1, "activation": "sigmoid"}, "from": "x"},
                },
                "outputs": ["a", "b"],
            },
            "training": {
                "optimizer": "adam",
                "loss": {"a": "mse", "b": "bce"},
                "metrics": {"a": ["mae"], "b": ["accuracy"]},
                "epochs": 1,
            },
        }
    )
    assert directions(experiment) == {
        "loss": "min",
        "a_loss": "min",
        "b_loss": "min",
        "a_mae": "min",
        "b_accuracy": "max",
    }


@pytest.mark.parametrize(
    ("name", "mode", "direction"),
    [
        ("val_accuracy", "auto", "max"),
        ("accuracy", "auto", "max"),
        ("val_loss", "auto", "min"),
        ("val_accuracy", "min", "min"),
    ],
)
def test_mode_auto_takes_the_metrics_own_direction(
    moons: Callable[..., Experiment], name: str, mode: Any, direction: str
) -> None:
    assert Monitor.of(moons(), name, mode) == Monitor(name, direction)  # type: ignore[arg-type]


def test_nan_is_never_better_and_anything_is_better_than_the_worst() -> None:
    monitor = Monitor("val_accuracy", "max")
    assert not monitor.is_better(math.nan, than=monitor.worst)
    assert monitor.is_better(-1e30, than=monitor.worst)
    assert not monitor.is_better(0.5, than=0.5)


@pytest.mark.parametrize(
    ("training", "has_validation", "expected"),
    [
        ({}, True, Monitor("val_loss", "min")),
        ({}, False, Monitor("loss", "min")),
        ({"checkpoint": {"monitor": "accuracy"}}, False, Monitor("accuracy", "max")),
        ({"checkpoint": {"save_best_only": False}}, True, None),
        ({"early_stopping": {"monitor": "val_accuracy"}}, True, None),
        (
            {"early_stopping": {"monitor": "val_accuracy", "restore_best_weights": True}},
            True,
            Monitor("val_accuracy", "max"),
        ),
    ],
)
def test_weights_are_chosen_by_early_stopping_else_by_the_checkpoint(
    moons: Callable[..., Experiment],
    training: dict[str, Any],
    has_validation: bool,
    expected: Monitor | None,
) -> None:
    found = weights_monitor(moons(training=training), has_validation=has_validation)
    assert found == expected
