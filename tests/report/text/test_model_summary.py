"""A model's summary in plain text and JSON."""

from __future__ import annotations

import json

from nnlab.report.text.model_summary import LayerRow, ModelSummary, format_shape

MNIST = ModelSummary(
    "mnist",
    (
        LayerRow("hidden", "Dense", ((None, 784),), (None, 256), 200_960, 200_960),
        LayerRow(
            "norm", "BatchNormalization", ((None, 256),), (None, 256), 1_024, 512, ("hidden",)
        ),
        LayerRow("digit", "Dense", ((None, 256),), (None, 10), 2_570, 2_570, ("norm",)),
    ),
    204_554,
    204_042,
    408_086,
)


def test_lines_show_layers_and_totals() -> None:
    assert MNIST.lines() == [
        "mnist",
        "layer   type                input  output  parameters",
        "hidden  Dense               784    256        200,960",
        "norm    BatchNormalization  256    256          1,024",
        "digit   Dense               256    10           2,570",
        "",
        "Parameters: 204,554 (204,042 trainable, 512 non-trainable)",
        "Optimizer parameters: 408,086",
    ]


def test_model_with_branches_shows_the_inputs_of_each_layer() -> None:
    layers = (
        LayerRow("x", "InputLayer", (), (None, 4), 0, 0),
        LayerRow("a", "Dense", ((None, 4),), (None, 4), 20, 20, ("x",)),
        LayerRow("sum", "Add", ((None, 4), (None, 4)), (None, 4), 0, 0, ("a", "x")),
    )
    lines = ModelSummary("residual", layers, 20, 20).lines()
    assert lines[4] == "sum    Add         4, 4   4                0  a, x"
    assert lines[-1] == "Parameters: 20"


def test_json_round_trip() -> None:
    values = json.loads(json.dumps(MNIST.to_dict()))
    assert ModelSummary.from_dict(values) == MNIST
    assert values["params"] == 204_554
    assert values["layers"][2]["input_shapes"] == [[None, 256]]
    assert values["layers"][2]["inbound"] == ["norm"]


def test_shapes_omit_the_batch_axis() -> None:
    assert format_shape((None, 28, 28, None)) == "28 x 28 x ?"
    assert format_shape((None,)) == "1"
