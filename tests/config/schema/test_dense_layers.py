"""An experiment in other sizes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from nnlab.config import Experiment
from nnlab.config.schema.dense_layers import hidden_layers, with_size


def experiment(model: Any, target: str = "mse") -> Experiment:
    return Experiment.model_validate(
        {
            "data": {"dataset": "xor"},
            "model": model,
            "training": {"optimizer": "sgd", "loss": target, "epochs": 1, "batch_size": 4},
        }
    )


def test_hidden_layers_get_the_width_and_the_output_keeps_its_own() -> None:
    made = experiment({"layers": [{"Dense": 4}, "BatchNormalization", {"Dense": 8}, {"Dense": 1}]})
    sized = with_size(made, 2, 64)
    units = [getattr(layer, "units", None) for _, layer in sized.model.named_layers()]
    assert units == [64, None, 64, 1]
    assert sized.training.batch_size == 2
    assert with_size(made, 3).model == made.model


def test_output_of_a_graph_is_found_behind_its_activation() -> None:
    model = {
        "inputs": {"x": {"shape": [2]}},
        "layers": {
            "hidden": {"Dense": 4, "from": "x"},
            "score": {"Dense": 1, "from": "hidden"},
            "p": {"Activation": "sigmoid", "from": "score"},
        },
        "outputs": ["p"],
    }
    made = experiment(model)
    assert hidden_layers(made) == [("layers", "hidden", "Dense")]
    sized = with_size(made, 2, 16).to_tree()["model"]["layers"]
    assert (sized["hidden"]["Dense"]["units"], sized["score"]["Dense"]["units"]) == (16, 1)


def test_size_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValidationError):
        with_size(experiment({"layers": [{"Dense": 4}, {"Dense": 1}]}), 0)
