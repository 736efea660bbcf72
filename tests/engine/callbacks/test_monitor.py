"""Directions of metrics, and the one that selects the weights of a run."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from nnlab.config import Experiment
from nnlab.config.schema.logged_metrics import metric_directions
from nnlab.engine.callbacks.monitor import Monitor, weights_monitor


def test_directions_cover_losses_and_metrics(moons: Callable[..., Experiment]) -> None:
    experiment = moons(training={"metrics": ["accuracy", "mae", {"AUC": {"name": "area"}}]})
    expected = {"loss": "min", "accuracy": "max", "mae": "min", "area": "max"}
    assert metric_directions(experiment) == expected


def test_metrics_of_several_outputs_have_directions_by_name() -> None:
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
    assert metric_directions(experiment) == {
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
def test_mode_auto_takes_the_direction_of_the_metric(
    moons: Callable[..., Experiment], name: str, mode: Any, direction: str
) -> None:
    assert Monitor.from_experiment(moons(), name, mode) == Monitor(name, direction)  # type: ignore[arg-type]


def test_nan_is_never_better_and_the_worst_is_worse_than_any_value() -> None:
    monitor = Monitor("val_accuracy", "max")
    assert not monitor.is_better(math.nan, than=monitor.worst)
    assert monitor.is_better(-1e30, than=monitor.worst)
    assert not monitor.is_better(0.5, than=0.5)
    assert monitor.is_better(0.2, than=0.1)
    assert Monitor("val_loss", "min").is_better(0.1, than=0.2)
    assert not Monitor("val_loss", "min").is_better(math.nan, than=0.2)


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
def test_weights_are_selected_by_early_stopping_or_the_checkpoint(
    moons: Callable[..., Experiment],
    training: dict[str, Any],
    has_validation: bool,
    expected: Monitor | None,
) -> None:
    monitor = weights_monitor(moons(training=training), has_validation=has_validation)
    assert monitor == expected
