"""Predictions: all rows in order, independent of the batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlab.data.containers.prepared import InputSpec
from nnlab.engine.models.builder import build_model
from nnlab.engine.models.prediction import predict


@pytest.mark.parametrize("batch_size", [1, 3, 7, 100, None])
def test_predictions_keep_the_order_of_rows(
    make_experiment: Any, rows_of: Any, batch_size: int | None
) -> None:
    model = build_model(
        make_experiment([{"Dense": {"units": 1, "kernel_initializer": "ones"}}]), rows_of(2)
    )
    rows = np.arange(14, dtype=np.float32).reshape(7, 2)
    outputs = predict(model, {"input": rows}, batch_size=batch_size)
    np.testing.assert_array_equal(outputs["output"], rows.sum(axis=1, keepdims=True))


def test_dropout_is_inactive(make_experiment: Any, rows_of: Any) -> None:
    model = build_model(make_experiment([{"Dropout": 0.9}]), rows_of(5))
    rows = np.ones((3, 5), np.float32)
    np.testing.assert_array_equal(predict(model, {"input": rows})["output"], rows)


def test_empty_input_gives_empty_predictions(make_experiment: Any, rows_of: Any) -> None:
    model = build_model(make_experiment([{"Dense": 4}]), rows_of(2))
    assert predict(model, {"input": np.zeros((0, 2), np.float32)})["output"].shape == (0, 4)


def test_several_outputs_are_returned_by_name(make_experiment: Any) -> None:
    section = {
        "inputs": {"x": {"shape": [2]}},
        "layers": {name: {"Dense": units, "from": "x"} for name, units in (("b", 1), ("a", 3))},
        "outputs": ["b", "a"],
    }
    experiment = make_experiment(section, loss={"a": "mse", "b": "mse"})
    model = build_model(experiment, {"input": InputSpec("input", (2,), "float32")})
    inputs = {"input": np.ones((4, 2), np.float32)}
    outputs = predict(model, inputs, experiment.model.output_names)
    assert {name: values.shape for name, values in outputs.items()} == {"b": (4, 1), "a": (4, 3)}
