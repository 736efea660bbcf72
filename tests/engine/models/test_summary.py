"""Summaries of models."""

from __future__ import annotations

from typing import Any

from nnlab.data.containers.prepared import InputSpec
from nnlab.engine.models.builder import build_model
from nnlab.engine.models.compilation import compile_model
from nnlab.engine.models.summary import summarize

IMAGES = {"input": InputSpec("input", (28, 28), "uint8", (), 1 / 255, 0.0)}


def test_sequential_model_is_summarized_with_its_input(make_experiment: Any) -> None:
    units = [{"Dense": {"units": 256, "activation": "relu"}}] * 2
    experiment = make_experiment([*units, {"Dense": {"units": 10, "activation": "softmax"}}])
    summary = summarize(build_model(experiment, IMAGES))
    rows = [
        (row.name, row.type, row.output_shape, row.params, row.inbound) for row in summary.layers
    ]
    assert rows == [
        ("input", "InputLayer", (None, 28, 28), 0, ()),
        ("input_flat", "Flatten", (None, 784), 0, ("input",)),
        ("input_scaled", "Rescaling", (None, 784), 0, ("input_flat",)),
        ("dense", "Dense", (None, 256), 200_960, ("input_scaled",)),
        ("dense_1", "Dense", (None, 256), 65_792, ("dense",)),
        ("output", "Dense", (None, 10), 2_570, ("dense_1",)),
    ]
    assert (summary.params, summary.trainable_params) == (269_322, 269_322)
    assert summary.optimizer_params is None


def test_graph_is_summarized_with_all_sources(make_experiment: Any) -> None:
    section = {
        "name": "residual",
        "inputs": {"x": {"shape": [4]}},
        "layers": {
            "hidden": {"Dense": {"units": 4, "trainable": False}, "from": "x"},
            "skip": {"Add": {}, "from": ["hidden", "x"]},
            "norm": {"BatchNormalization": {}, "from": "skip"},
            "drop": {"Dropout": 0.5, "from": "norm"},
            "y": {"Dense": 1, "from": "drop"},
        },
        "outputs": ["y"],
    }
    experiment = make_experiment(section, optimizer="sgd")
    model = build_model(experiment, {"input": InputSpec("input", (4,), "float32")})
    compile_model(model, experiment)
    model.optimizer.build(model.trainable_variables)
    summary = summarize(model)
    rows = {row.name: row for row in summary.layers}
    assert summary.name == "residual"
    assert rows["skip"].inbound == ("hidden", "x")
    assert rows["skip"].input_shapes == ((None, 4), (None, 4))
    assert (rows["hidden"].params, rows["hidden"].trainable) == (20, 0)
    assert (rows["norm"].params, rows["norm"].trainable) == (16, 8)
    assert rows["drop"].params == 0
    assert (summary.params, summary.trainable_params) == (41, 13)
    assert summary.optimizer_params == 2  # SGD: iterations and learning rate
