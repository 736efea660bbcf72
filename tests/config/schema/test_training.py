"""The `training` section: losses and metrics for one output or several, and what is watched."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from nnlab.config.schema.training import EarlyStopping, TrainingConfig

LEAST = {"optimizer": "adam", "loss": "mse", "epochs": 3}


def training(**changes: Any) -> TrainingConfig:
    return TrainingConfig.model_validate({**LEAST, **changes})


def test_what_is_not_said_has_keras_own_value() -> None:
    assert training().batch_size == 32
    assert training().shuffle is True
    assert training(early_stopping={}).early_stopping == EarlyStopping(
        monitor="val_loss", min_delta=0, patience=0, mode="auto", baseline=None
    )


@pytest.mark.parametrize(
    ("loss", "names"),
    [
        ("mse", ["MeanSquaredError"]),
        ({"Huber": {"delta": 2}}, ["Huber"]),
        ({"huber": 2}, ["Huber"]),
        ({"size": "mse"}, ["MeanSquaredError"]),
        ({"size": {"Huber": 2}, "kind": "crossentropy"}, ["Huber", "crossentropy"]),
    ],
)
def test_one_loss_or_one_for_each_output(loss: Any, names: list[str]) -> None:
    assert [one.display_name() for one in training(loss=loss).losses()] == names


@pytest.mark.parametrize(
    ("metrics", "names"),
    [
        ("mae", ["mae"]),
        (["mae", {"AUC": {"name": "area"}}], ["mae", "area"]),
        ({"AUC": {"curve": "PR"}}, ["auc"]),
        ([], []),
    ],
)
def test_metrics_in_all_forms(metrics: Any, names: list[str]) -> None:
    read = training(metrics=metrics).metrics
    assert isinstance(read, list)
    assert [metric.logged_name for metric in read] == names


def test_metrics_for_outputs() -> None:
    read = training(metrics={"size": "mae", "kind": ["accuracy", "auc"]}).metrics
    assert isinstance(read, dict)
    assert {name: len(metrics) for name, metrics in read.items()} == {"size": 1, "kind": 2}


def test_outputs_called_like_a_misspelt_word_are_outputs_where_a_word_stands_behind() -> None:
    assert isinstance(training(loss={"huge": "mse"}).loss, dict)
    with pytest.raises(ValidationError, match="Expected a loss"):
        training(loss={"hubr": {"delta": 1}})


def test_all_that_is_watched_is_told_with_its_path() -> None:
    watching = training(
        early_stopping={"monitor": "val_mae"},
        reduce_lr_on_plateau={},
        checkpoint={"monitor": "loss"},
    )
    assert list(watching.monitored_metrics()) == [
        (("early_stopping", "monitor"), "val_mae"),
        (("reduce_lr_on_plateau", "monitor"), "val_loss"),
        (("checkpoint", "monitor"), "loss"),
    ]
    assert list(training().monitored_metrics()) == []


@pytest.mark.parametrize("device", ["auto", "cpu", "gpu", "gpu:0", "gpu:12"])
def test_devices_that_may_be_asked_for(device: str) -> None:
    assert training(device=device).device == device
