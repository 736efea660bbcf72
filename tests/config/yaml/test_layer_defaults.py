"""Tests of `model.defaults`: which arguments each layer gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nnlab.config import Experiment, load_config, read_config
from nnlab.config.schema.model import FunctionalModel, SequentialModel
from nnlab.config.vocabulary.layers.core import Dense
from nnlab.config.vocabulary.layers.regularization import Dropout
from nnlab.config.yaml.document import format_path
from nnlab.config.yaml.layer_defaults import find_unused_defaults
from nnlab.config.yaml.parser import read_yaml
from tests.config.conftest import MakeExperiment

DEFAULTS = "model.defaults={Dense: {activation: tanh, units: 5}, Dropout: 0.4}"


def layers_of(experiment: Experiment) -> list[Any]:
    assert isinstance(experiment.model, SequentialModel)
    return list(experiment.model.layers)


def test_layers_get_defaults_in_every_form(stack: MakeExperiment) -> None:
    layers = (
        "[Dense, dense, {Dense: 7}, {Dense: {activation: relu}}, Dropout, {Dropout: {seed: 1}}]"
    )
    assert layers_of(stack(f"model.layers={layers}", DEFAULTS)) == [
        Dense(units=5, activation="tanh"),
        Dense(units=5, activation="tanh"),
        Dense(units=7, activation="tanh"),
        Dense(units=5, activation="relu"),
        Dropout(rate=0.4),
        Dropout(rate=0.4, seed=1),
    ]


def test_nodes_of_a_graph_get_defaults(graph: MakeExperiment) -> None:
    model = graph("model.defaults={Dense: {use_bias: false}}").model
    assert isinstance(model, FunctionalModel)
    assert model.layers["alcohol"].layer == Dense(units=1, use_bias=False)
    assert model.layers["hidden"].layer == Dense(units=8, activation="relu", use_bias=False)


def test_a_null_argument_overrides_the_default(stack: MakeExperiment) -> None:
    flags = ["model.defaults={Dense: {activation: tanh}}", "model.layers.0.Dense.activation="]
    assert layers_of(stack(*flags))[0].activation is None


def test_the_keras_string_of_a_layer_gets_defaults(stack: MakeExperiment) -> None:
    flags = ["model.layers=[{dense: 3}]", "model.defaults={Dense: {activation: softmax}}"]
    assert layers_of(stack(*flags)) == [Dense(units=3, activation="softmax")]


def test_search_markers_in_defaults_apply_to_every_layer(tmp_path: Path) -> None:
    path = tmp_path / "open.yaml"
    path.write_text(
        f"extends: {Path(__file__).parents[1]}/bad/stack.yaml\n"
        "model:\n"
        "  defaults: {Dense: {activation: {Choice: [relu, tanh]}}, Dropout: {Choice: [0.1, 0.3]}}\n"
        "  layers: [{Dense: 8}, Dropout, {Dense: {units: 3, activation: softmax}}]\n"
    )
    config = read_config(path)
    assert [format_path(placed.path) for placed in config.markers] == [
        "model.defaults.Dense.activation",
        "model.defaults.Dropout",
    ]
    assert layers_of(config.experiment)[:2] == [
        Dense(units=8, activation="relu"),
        Dropout(rate=0.1),
    ]


def test_a_resolved_config_has_no_defaults(stack: MakeExperiment) -> None:
    assert "defaults" not in stack(DEFAULTS).to_tree()["model"]


@pytest.mark.parametrize(
    ("layers", "unused"),
    [
        ("[{Dense: 8}]", ["Dropout"]),
        ("[{Choice: [{Dropout: 0.1}, Flatten]}]", ["Dense"]),
        ("[{Repeat: {times: 2, layers: [{Choice: {values: [dropout, Dense]}}]}}]", []),
        ("{a: {Dense: 8, from: x}, b: {Dropout: {rate: 0.1}, from: a}}", []),
        ("[{Dense: {units: 8, activation: dropout}}]", ["Dropout"]),
        ("null", ["Dense", "Dropout"]),
    ],
)
def test_unused_defaults_are_found(layers: str, unused: list[str]) -> None:
    text = f"model: {{defaults: {{Dense: {{use_bias: false}}, Dropout: 0.2}}, layers: {layers}}}"
    warnings = find_unused_defaults(read_yaml(text, "").tree)
    assert [warning.path[-1] for warning in warnings] == unused


def test_built_in_configs_apply_their_defaults() -> None:
    configs = Path(__file__).parents[3] / "configs"
    layers = layers_of(load_config(configs / "vanishing_gradients_cured.yaml"))
    assert {layer.kernel_initializer.display_name() for layer in layers} == {"HeNormal"}
    assert [layer.activation for layer in layers] == [*9 * ["relu"], "sigmoid"]
