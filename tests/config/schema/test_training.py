"""The `training` section: losses, metrics, monitors."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from nnlab.config.schema.training import EarlyStopping, TrainingConfig

REQUIRED = {"optimizer": "adam", "loss": "mse", "epochs": 3}


def training(**changes: Any) -> TrainingConfig:
    return TrainingConfig.model_validate({**REQUIRED, **changes})


def test_defaults_are_those_of_keras() -> None:
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
    assert [component.display_name() for component in training(loss=loss).losses()] == names


@pytest.mark.parametrize(
    ("metrics", "names"),
    [
        ("mae", ["mae"]),
        (["mae", {"AUC": {"name": "area"}}], ["mae", "area"]),
        ({"AUC": {"curve": "PR"}}, ["auc"]),
        ([], []),
    ],
)
def test_metric_forms(metrics: Any, names: list[str]) -> None:
    parsed = training(metrics=metrics).metrics
    assert isinstance(parsed, list)
    assert [metric.logged_name for metric in parsed] == names


def test_metrics_for_outputs() -> None:
    parsed = training(metrics={"size": "mae", "kind": ["accuracy", "auc"]}).metrics
    assert isinstance(parsed, dict)
    assert {name: len(metrics) for name, metrics in parsed.items()} == {"size": 1, "kind": 2}


def test_output_name_may_resemble_a_loss() -> None:
    assert isinstance(training(loss={"huge": "mse"}).loss, dict)
    with pytest.raises(ValidationError, match="Expected a loss"):
        training(loss={"hubr": {"delta": 1}})


def test_monitored_metrics_have_paths() -> None:
    config = training(
        early_stopping={"monitor": "val_mae"},
        reduce_lr_on_plateau={},
        checkpoint={"monitor": "loss"},
    )
    assert list(config.monitored_metrics()) == [
        (("early_stopping", "monitor"), "val_mae"),
        (("reduce_lr_on_plateau", "monitor"), "val_loss"),
        (("checkpoint", "monitor"), "loss"),
    ]
    assert list(training().monitored_metrics()) == []


@pytest.mark.parametrize("device", ["auto", "cpu", "gpu", "gpu:0", "gpu:12"])
def test_device_names(device: str) -> None:
    assert training(device=device).device == device
