"""Directions of metrics, the one that selects a run's weights, and callbacks that monitor one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
import pytest

from nnlab.config import Experiment
from nnlab.config.schema.logged_metrics import metric_directions
from nnlab.config.schema.training import EarlyStopping as EarlyStoppingConfig
from nnlab.config.schema.training import ReduceLROnPlateau as ReduceLROnPlateauConfig
from nnlab.engine.callbacks import EarlyStopping, ReduceLROnPlateau
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


def early_stopping(direction: Any = "min", **arguments: Any) -> EarlyStopping:
    callback = EarlyStopping(EarlyStoppingConfig(**arguments), Monitor("val_loss", direction))
    callback.set_model(keras.Model())
    callback.model.stop_training = False
    callback.on_train_begin()
    return callback


def epochs_until_stop(callback: EarlyStopping, values: list[float]) -> int | None:
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"val_loss": value})
        if callback.model.stop_training:
            return epoch + 1
    return None


@pytest.mark.parametrize(
    ("arguments", "values", "stops"),
    [
        ({"patience": 2}, [5, 4, 4, 4, 4], 4),
        ({"patience": 0}, [5, 4, 4], 3),
        ({"patience": 2, "min_delta": 0.5}, [5, 4.8, 4.6, 4.4], 3),
        ({"patience": 2, "min_delta": 0.5}, [5, 4.4, 3.8, 3.2], None),
        ({"patience": 1, "baseline": 3.0}, [5, 4, 4], 3),
        ({"patience": 1, "baseline": 4.5}, [5, 4, 3, 3], 4),
        ({"patience": 2, "start_from_epoch": 3}, [1, 9, 9, 5, 6, 6, 6], 6),
    ],
)
def test_stops_after_patience_epochs_without_improvement(
    arguments: dict[str, Any], values: list[float], stops: int | None
) -> None:
    assert epochs_until_stop(early_stopping(**arguments), values) == stops


def test_stopping_with_direction_max_takes_larger_values_as_better() -> None:
    assert epochs_until_stop(early_stopping("max", patience=2), [1, 2, 3, 2, 2]) == 5


@pytest.mark.parametrize("direction", ["min", "max"])
def test_stopping_does_not_take_a_first_nan_as_the_best(direction: str) -> None:
    callback = early_stopping(direction, patience=2)
    callback.on_epoch_end(0, {"val_loss": math.nan})
    callback.on_epoch_end(1, {"val_loss": 0.5})
    assert callback.improved
    assert (callback.best, callback.best_epoch) == (0.5, 1)


def test_nan_counts_as_an_epoch_without_improvement() -> None:
    assert epochs_until_stop(early_stopping(patience=2), [1, math.nan, math.nan]) == 3


def test_improved_refers_to_the_last_epoch() -> None:
    callback = early_stopping(patience=9)
    improved = []
    for epoch, value in enumerate([3.0, 2.0, 2.5, 1.0]):
        callback.on_epoch_end(epoch, {"val_loss": value})
        improved.append(callback.improved)
    assert improved == [True, True, False, True]


def learning_rates(values: list[float], direction: Any = "min", **arguments: Any) -> list[float]:
    """Return the learning rate after each epoch, initially 1."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    config = ReduceLROnPlateauConfig(**{"factor": 0.5, "min_delta": 0.0} | arguments)
    callback = ReduceLROnPlateau(config, Monitor("val_loss", direction))
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"val_loss": value})
        rates.append(float(model.optimizer.learning_rate))
    return rates


@pytest.mark.parametrize(
    ("arguments", "values", "expected"),
    [
        ({"patience": 2}, [3, 3, 3, 3, 3], [1, 1, 0.5, 0.5, 0.25]),
        ({"patience": 1, "cooldown": 2}, [3, 3, 3, 3, 3], [1, 0.5, 0.5, 0.25, 0.25]),
        ({"patience": 1, "min_lr": 0.4}, [3, 3, 3, 3], [1, 0.5, 0.4, 0.4]),
        ({"patience": 1, "min_delta": 1.0}, [3, 2.5, 0.5], [1, 0.5, 0.5]),
    ],
)
def test_rate_is_reduced_after_patience_epochs_without_improvement(
    arguments: dict[str, Any], values: list[float], expected: list[float]
) -> None:
    assert learning_rates(values, **arguments) == pytest.approx(expected)


def test_rate_with_direction_max_is_kept_for_larger_values() -> None:
    assert learning_rates([1, 2, 3, 3], "max", patience=1) == pytest.approx([1, 1, 1, 0.5])


def test_rate_is_not_reduced_after_a_first_nan() -> None:
    assert learning_rates([math.nan, 3, 2], patience=2) == pytest.approx([1, 1, 1])
