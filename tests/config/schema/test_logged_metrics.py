"""The metrics of a run, known before it starts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnlab.config.schema.data import DataConfig
from nnlab.config.schema.logged_metrics import (
    default_metric,
    has_test_rows,
    logged_metric_names,
    reported_metrics,
)
from tests.config.conftest import MakeExperiment


def test_validation_metrics_have_a_prefix(stack: MakeExperiment) -> None:
    experiment = stack("training.metrics=[accuracy, {AUC: {name: area}}]")
    assert logged_metric_names(experiment) == [
        *("loss", "accuracy", "area"),
        *("val_loss", "val_accuracy", "val_area"),
        "learning_rate",
    ]


def test_no_validation_metrics_without_validation_rows(stack: MakeExperiment) -> None:
    experiment = stack("data.validation_split=")
    names = logged_metric_names(experiment)
    assert names == ["loss", "accuracy", "learning_rate"]


def test_metrics_of_several_outputs_have_the_output_name(graph: MakeExperiment) -> None:
    experiment = graph("data.validation_split=")
    assert logged_metric_names(experiment) == [
        *("loss", "cultivar_loss", "alcohol_loss", "cultivar_accuracy", "alcohol_mae"),
        "learning_rate",
    ]


def test_reported_metrics_exclude_the_learning_rate(stack: MakeExperiment) -> None:
    parts = ["", "val_", "test_"]
    expected = [f"{part}{name}" for part in parts for name in ("loss", "accuracy")]
    assert reported_metrics(stack()) == expected


@pytest.mark.parametrize(
    ("changes", "metric"),
    [
        ((), "test_accuracy"),
        (("data.test_split=null",), "val_accuracy"),
        (("data.test_split=null", "data.validation_split=null"), "accuracy"),
        (("training.metrics=[]",), "test_loss"),
    ],
)
def test_default_metric_prefers_test_then_validation_rows(
    stack: MakeExperiment, changes: tuple[str, ...], metric: str
) -> None:
    assert default_metric(stack(*changes)) == metric


def test_downloaded_data_sets_contain_test_rows() -> None:
    assert has_test_rows(DataConfig.model_validate({"dataset": "mnist"}))
    assert not has_test_rows(DataConfig.model_validate({"dataset": "iris"}))


def test_npz_file_may_contain_test_rows(tmp_path: Path) -> None:
    rows = np.zeros((4, 2))
    np.savez(tmp_path / "with.npz", x_train=rows, x_test=rows)
    np.savez(tmp_path / "without.npz", x=rows)
    assert has_test_rows(DataConfig(file=str(tmp_path / "with.npz")))
    assert not has_test_rows(DataConfig(file=str(tmp_path / "without.npz")))
    assert not has_test_rows(DataConfig(file=str(tmp_path / "nowhere.npz")))
