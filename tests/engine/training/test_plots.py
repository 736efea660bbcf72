"""The plots of a run, and their data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.config import Experiment
from nnlab.config.vocabulary.losses import Loss
from nnlab.data import prepare
from nnlab.engine.batches import DataAdapter
from nnlab.engine.models.builder import build_model
from nnlab.engine.models.compilation import compile_model
from nnlab.engine.training.gradients import sample_batch
from nnlab.engine.training.plots import TrainedModel, draw_plots, predicted_codes


def train_model(experiment: Experiment, history: list[dict[str, float]]) -> TrainedModel:
    data = prepare(experiment)
    model = build_model(experiment, data.inputs)
    compile_model(model, experiment)
    batch = sample_batch(DataAdapter(experiment, data, model))
    best = len(history) or None
    return TrainedModel(experiment, data, model, history, best, model.get_weights(), batch)


def plot_data(trained: TrainedModel, folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for values in draw_plots(trained, folder):
        data |= values
    return data


def plot_names(trained: TrainedModel, folder: Path) -> set[str]:
    plot_data(trained, folder)
    return {path.name for path in folder.iterdir()}


def epochs(*rates: float) -> list[dict[str, float]]:
    return [{"loss": 1.0, "val_loss": 2.0, "learning_rate": rate} for rate in rates]


@pytest.mark.slow
def test_classes_of_two_features_have_regions_and_a_confusion_matrix(
    moons: Callable[..., Experiment], tmp_path: Path
) -> None:
    names = plot_names(train_model(moons(), epochs(0.1, 0.1)), tmp_path)
    assert names == {"loss.png", "weights.png", "confusion_matrix.png", "decision_regions.png"}


def test_regression_has_residuals(moons: Callable[..., Experiment], tmp_path: Path) -> None:
    experiment = moons(
        data={"dataset": {"linear": {"n_samples": 20}}},
        model={"layers": [{"Dense": 1}]},
        training={"loss": "mse"},
    )
    names = plot_names(train_model(experiment, epochs(0.1)), tmp_path)
    assert names == {"loss.png", "weights.png", "residuals.png"}


def test_more_than_two_features_have_no_regions(
    moons: Callable[..., Experiment], tmp_path: Path
) -> None:
    experiment = moons(
        data={"dataset": "iris"},
        model={"layers": [{"Dense": {"units": 3, "activation": "softmax"}}]},
        training={"loss": "categorical_crossentropy"},
    )
    names = plot_names(train_model(experiment, []), tmp_path)
    assert names == {"weights.png", "confusion_matrix.png"}


@pytest.mark.slow
def test_changing_learning_rate_has_a_plot(
    moons: Callable[..., Experiment], tmp_path: Path
) -> None:
    assert "learning_rate.png" in plot_names(train_model(moons(), epochs(0.1, 0.05)), tmp_path)


def test_plots_are_drawn_one_by_one(moons: Callable[..., Experiment], tmp_path: Path) -> None:
    next(draw_plots(train_model(moons(), epochs(0.1)), tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["loss.png"]


@pytest.mark.slow
def test_plot_data_has_the_values_of_the_plots(
    moons: Callable[..., Experiment], tmp_path: Path
) -> None:
    trained = train_model(moons(), epochs(0.1))
    data = json.loads(json.dumps(plot_data(trained, tmp_path)))
    assert set(data) == {"weights", "gradients", "confusion_matrix", "decision_regions"}
    assert data["confusion_matrix"]["part"] == "test"
    assert sum(map(sum, data["confusion_matrix"]["counts"])) == 10
    assert data["decision_regions"]["rows"] == 20
    assert 0 <= data["decision_regions"]["right"] <= 1
    for kind in ("weights", "gradients"):
        assert [layer["layer"] for layer in data[kind]] == ["dense", "output"]


def test_histograms_are_of_first_and_last_weights_and_keep_the_model(
    moons: Callable[..., Experiment], tmp_path: Path
) -> None:
    trained = train_model(moons(), [])
    trained.model.set_weights([2 * values for values in trained.model.get_weights()])
    before = trained.model.get_weights()
    histograms = plot_data(trained, tmp_path)["weights"][0]
    assert histograms["last"]["std"] == pytest.approx(2 * histograms["first"]["std"])
    assert all(map(np.array_equal, trained.model.get_weights(), before))


@pytest.mark.slow
def test_residuals_have_metrics(moons: Callable[..., Experiment], tmp_path: Path) -> None:
    experiment = moons(
        data={"dataset": {"linear": {"n_samples": 20}}},
        model={"layers": [{"Dense": 1}]},
        training={"loss": "mse"},
    )
    data = plot_data(train_model(experiment, []), tmp_path)["residuals"]
    assert data["rmse"] >= data["mae"] > 0


@pytest.mark.parametrize(
    ("loss", "outputs", "codes"),
    [
        ("binary_crossentropy", [[0.4], [0.6]], [0, 1]),
        ({"BinaryCrossentropy": {"from_logits": True}}, [[-0.1], [0.1]], [0, 1]),
        ("hinge", [[-0.1], [0.1]], [0, 1]),
        ("categorical_crossentropy", [[0.1, 0.2, 0.7], [0.5, 0.3, 0.2]], [2, 0]),
    ],
)
def test_predicted_class_depends_on_the_loss(
    loss: Any, outputs: list[list[float]], codes: list[int]
) -> None:
    assert predicted_codes(np.array(outputs), Loss.parse(loss)).tolist() == codes
