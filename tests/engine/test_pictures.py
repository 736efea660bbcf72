"""Which pictures a run gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.config import Experiment
from nnlab.config.words.losses import Loss
from nnlab.data import prepare
from nnlab.engine.model import build_model
from nnlab.engine.pictures import Trained, draw_pictures, kernels, predicted_codes


def trained(experiment: Experiment, history: list[dict[str, float]]) -> Trained:
    data = prepare(experiment)
    model = build_model(experiment, data.inputs)
    return Trained(experiment, data, model, history, len(history) or None, kernels(model))


def drawn(found: Trained, folder: Path) -> set[str]:
    for _ in draw_pictures(found, folder):
        pass
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
    next(draw_pictures(trained(moons(), epochs(0.1)), tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["loss.png"]


def test_kernels_are_copies_of_the_matrices(moons: Callable[..., Experiment]) -> None:
    layers = [{"Dense": {"units": 8, "name": "first"}}, "BatchNormalization", {"Dense": 1}]
    experiment = moons(model={"layers": layers})
    model = build_model(experiment, prepare(experiment).inputs)
    before = kernels(model)
    model.set_weights([np.zeros_like(values) for values in model.get_weights()])
    assert list(before) == ["first", "output"]
    assert before["first"].shape == (2, 8)
    assert before["first"].any()


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
