"""Which pictures a run gets."""

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
from nnlab.engine.batches.data_adapter import DataAdapter
from nnlab.engine.models.builder import build_model
from nnlab.engine.models.compilation import compile_model
from nnlab.engine.training.gradients import sample_batch
from nnlab.engine.training.plots import TrainedModel, draw_plots, predicted_codes


def trained(experiment: Experiment, history: list[dict[str, float]]) -> TrainedModel:
    data = prepare(experiment)
    model = build_model(experiment, data.inputs)
    compile_model(model, experiment)
    batch = sample_batch(DataAdapter(experiment, data, model))
    best = len(history) or None
    return TrainedModel(experiment, data, model, history, best, model.get_weights(), batch)


def figures(found: TrainedModel, folder: Path) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for some in draw_plots(found, folder):
        shown |= some
    return shown


def drawn(found: TrainedModel, folder: Path) -> set[str]:
    figures(found, folder)
    return {path.name for path in folder.iterdir()}


def epochs(*rates: float) -> list[dict[str, float]]:
    return [{"loss": 1.0, "val_loss": 2.0, "learning_rate": rate} for rate in rates]


def test_classes_on_a_plane_get_regions_and_a_confusion_matrix(
    moons: Callable[..., Experiment], tmp_path: Path
) -> None:
    names = drawn(trained(moons(), epochs(0.1, 0.1)), tmp_path)
    assert names == {"loss.png", "weights.png", "confusion_matrix.png", "decision_regions.png"}


def test_numbers_get_residuals(moons: Callable[..., Experiment], tmp_path: Path) -> None:
    experiment = moons(
        data={"dataset": {"linear": {"n_samples": 20}}},
        model={"layers": [{"Dense": 1}]},
        training={"loss": "mse"},
    )
    names = drawn(trained(experiment, epochs(0.1)), tmp_path)
    assert names == {"loss.png", "weights.png", "residuals.png"}


def test_more_than_two_features_have_no_regions(
    moons: Callable[..., Experiment], tmp_path: Path
) -> None:
    experiment = moons(
        data={"dataset": "iris"},
        model={"layers": [{"Dense": {"units": 3, "activation": "softmax"}}]},
        training={"loss": "categorical_crossentropy"},
    )
    names = drawn(trained(experiment, []), tmp_path)
    assert names == {"weights.png", "confusion_matrix.png"}


def test_learning_rate_is_drawn_where_it_changes(
    moons: Callable[..., Experiment], tmp_path: Path
) -> None:
    assert "learning_rate.png" in drawn(trained(moons(), epochs(0.1, 0.05)), tmp_path)


def test_whoever_is_in_a_hurry_may_leave_out_the_rest(
    moons: Callable[..., Experiment], tmp_path: Path
) -> None:
    next(draw_plots(trained(moons(), epochs(0.1)), tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["loss.png"]


def test_figures_say_what_the_pictures_show(
    moons: Callable[..., Experiment], tmp_path: Path
) -> None:
    found = trained(moons(), epochs(0.1))
    shown = json.loads(json.dumps(figures(found, tmp_path)))
    assert set(shown) == {"weights", "gradients", "confusion_matrix", "decision_regions"}
    assert shown["confusion_matrix"]["part"] == "test"
    assert sum(map(sum, shown["confusion_matrix"]["counts"])) == 10
    assert shown["decision_regions"]["rows"] == 20
    assert 0 <= shown["decision_regions"]["right"] <= 1
    for kind in ("weights", "gradients"):
        assert [spread["layer"] for spread in shown[kind]] == ["dense", "output"]


def test_figures_tell_first_from_last_and_leave_the_model_as_it_is(
    moons: Callable[..., Experiment], tmp_path: Path
) -> None:
    found = trained(moons(), [])
    found.model.set_weights([2 * values for values in found.model.get_weights()])
    before = found.model.get_weights()
    spread = figures(found, tmp_path)["weights"][0]
    assert spread["last"]["std"] == pytest.approx(2 * spread["first"]["std"])
    assert all(map(np.array_equal, found.model.get_weights(), before))


def test_residuals_come_with_their_figures(
    moons: Callable[..., Experiment], tmp_path: Path
) -> None:
    experiment = moons(
        data={"dataset": {"linear": {"n_samples": 20}}},
        model={"layers": [{"Dense": 1}]},
        training={"loss": "mse"},
    )
    shown = figures(trained(experiment, []), tmp_path)["residuals"]
    assert shown["rmse"] >= shown["mae"] > 0


@pytest.mark.parametrize(
    ("loss", "outputs", "codes"),
    [
        ("binary_crossentropy", [[0.4], [0.6]], [0, 1]),
        ({"BinaryCrossentropy": {"from_logits": True}}, [[-0.1], [0.1]], [0, 1]),
        ("hinge", [[-0.1], [0.1]], [0, 1]),
        ("categorical_crossentropy", [[0.1, 0.2, 0.7], [0.5, 0.3, 0.2]], [2, 0]),
    ],
)
def test_class_of_an_output_follows_from_its_loss(
    loss: Any, outputs: list[list[float]], codes: list[int]
) -> None:
    assert predicted_codes(np.array(outputs), Loss.parse(loss)).tolist() == codes
