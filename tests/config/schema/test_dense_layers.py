"""Dense layers: activations, outputs, other sizes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from nnlab.config import Experiment
from nnlab.config.schema.dense_layers import dense_layers, hidden_layers, with_size


def experiment_with(model: Any) -> Experiment:
    return Experiment.model_validate(
        {
            "data": {"dataset": "xor"},
            "model": model,
            "training": {"optimizer": "sgd", "loss": "mse", "epochs": 1, "batch_size": 4},
        }
    )


def test_activation_may_be_in_a_following_layer() -> None:
    layers = [{"Dense": 8}, "BatchNormalization", {"Activation": "relu"}, {"Dense": 1}]
    dense = dense_layers(experiment_with({"layers": layers}).model)
    assert [(layer.activation, layer.output) for layer in dense] == [
        ("relu", None),
        ("linear", "output"),
    ]


def test_width_applies_to_hidden_layers_only() -> None:
    layers = [{"Dense": 4}, "BatchNormalization", {"Dense": 8}, {"Dense": 1}]
    experiment = experiment_with({"layers": layers})
    sized = with_size(experiment, 2, 64)
    units = [getattr(layer, "units", None) for _, layer in sized.model.named_layers()]
    assert units == [64, None, 64, 1]
    assert sized.training.batch_size == 2
    assert with_size(experiment, 3).model == experiment.model


def test_output_of_a_graph_is_found_before_its_activation() -> None:
    model = {
        "inputs": {"x": {"shape": [2]}},
        "layers": {
            "hidden": {"Dense": 4, "from": "x"},
            "score": {"Dense": 1, "from": "hidden"},
            "p": {"Activation": "sigmoid", "from": "score"},
        },
        "outputs": ["p"],
    }
    experiment = experiment_with(model)
    assert hidden_layers(experiment) == [("layers", "hidden", "Dense")]
    sized = with_size(experiment, 2, 16).to_tree()["model"]["layers"]
    assert (sized["hidden"]["Dense"]["units"], sized["score"]["Dense"]["units"]) == (16, 1)


def test_invalid_size_is_rejected() -> None:
    with pytest.raises(ValidationError):
        with_size(experiment_with({"layers": [{"Dense": 4}, {"Dense": 1}]}), 0)
