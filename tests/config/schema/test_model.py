"""The `model` section: Sequential or Functional, its outputs and layers."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from nnlab.config.schema.model import (
    FunctionalModel,
    ModelIO,
    SequentialModel,
    model_io,
    parse_model,
)
from nnlab.config.vocabulary.layers.core import Dense
from nnlab.config.vocabulary.layers.regularization import Dropout
from nnlab.config.vocabulary.layers.reshaping import Flatten

GRAPH: dict[str, Any] = {
    "inputs": {"x": {"shape": [4]}, "y": {"shape": [2, 2], "dtype": "int32"}},
    "layers": {
        "flat": {"Flatten": None, "from": "y"},
        "both": {"Concatenate": {}, "from": ["x", "flat"]},
        "kind": {"Dense": 3, "from": "both"},
        "odds": {"Activation": "softmax", "from": "kind"},
        "size": {"Dropout": 0.1, "from": "flat"},
    },
    "outputs": ["odds", "size"],
}


def functional() -> FunctionalModel:
    model = parse_model(GRAPH)
    assert isinstance(model, FunctionalModel)
    return model


def test_list_of_layers_is_sequential_mapping_is_functional() -> None:
    assert isinstance(parse_model({"layers": ["Flatten"]}), SequentialModel)
    assert isinstance(parse_model(GRAPH), FunctionalModel)
    model = functional()
    assert parse_model(model) is model


def test_sequential_outputs_and_widths() -> None:
    model = parse_model({"layers": [{"Dense": 8}, "ReLU", {"Dense": 3}, "Softmax"]})
    assert model.output_names == ("output",)
    assert model.output_units == {"output": 3}
    assert [layer.display_name() for layer in model.output_layers.values()] == ["Softmax"]
    assert parse_model({"layers": ["Flatten"]}).output_units == {"output": None}


def test_functional_outputs_and_widths() -> None:
    model = functional()
    assert model.output_names == ("odds", "size")
    assert model.output_units == {"odds": 3, "size": None}
    assert [layer.display_name() for layer in model.output_layers.values()] == [
        "Activation",
        "Dropout",
    ]


def test_named_layers_have_paths() -> None:
    stack = parse_model({"layers": ["Flatten", {"Dense": 3}]})
    assert stack.named_layers() == [
        (("layers", 0, "Flatten"), Flatten()),
        (("layers", 1, "Dense"), Dense(units=3)),
    ]
    assert functional().named_layers()[-1] == (("layers", "size", "Dropout"), Dropout(rate=0.1))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"layers": ["Dens", 3]}, ModelIO(("output",), ())),
        (GRAPH, ModelIO(("odds", "size"), ("x", "y"))),
        ({**GRAPH, "outputs": ["odd", "size", "size"]}, ModelIO(("odds", "size"), ("x", "y"))),
        ({**GRAPH, "outputs": "odds"}, None),
        ({**GRAPH, "outputs": [1]}, None),
        ({"layers": "Dense"}, None),
        ({"layers": ["Dense"], "inputs": {}}, None),
        (None, None),
    ],
)
def test_inputs_and_outputs_are_known_despite_errors(
    value: object, expected: ModelIO | None
) -> None:
    assert model_io(value) == expected


def test_all_errors_of_a_stack_are_reported() -> None:
    layers = ["Dens", {"Dense": {"units": 1, "name": "a"}}, "Add", {"Dense": {"name": "a"}}]
    with pytest.raises(ValidationError) as caught:
        parse_model({"layers": layers})
    assert [error["loc"] for error in caught.value.errors()] == [
        ("layers", 0),
        ("layers", 3, "Dense", "units"),
        ("layers", 2, "Add"),
        ("layers", 3, "Dense", "name"),
    ]
