"""Tests of merging configs for `extends` and of assigning values for `--set`."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.config.yaml.document import Document
from nnlab.config.yaml.overrides import assignment_path, merge, override, split_assignment
from nnlab.config.yaml.parser import read_yaml


def merged(base: str, over: str) -> Any:
    return merge(read_yaml(base, "base.yaml"), read_yaml(over, "over.yaml")).tree


@pytest.mark.parametrize(
    ("base", "over", "result"),
    [
        ("{a: 1, b: 2}", "{b: 3, c: 4}", {"a": 1, "b": 3, "c": 4}),
        ("{a: {b: {c: 1, d: 2}}}", "{a: {b: {c: 3}}}", {"a": {"b": {"c": 3, "d": 2}}}),
        ("{a: [1, 2, 3]}", "{a: [4]}", {"a": [4]}),
        ("{a: {b: 1}}", "{a: null}", {"a": None}),
        ("{a: 1}", "{a: {b: 2}}", {"a": {"b": 2}}),
    ],
)
def test_mappings_are_merged_and_other_values_replaced(base: str, over: str, result: Any) -> None:
    assert merged(base, over) == result


@pytest.mark.parametrize(
    ("base", "over", "result"),
    [
        (
            "{Adam: {learning_rate: 0.1}}",
            "{Adam: {clipnorm: 1}}",
            "{Adam: [learning_rate, clipnorm]}",
        ),
        (
            "{Adam: {learning_rate: 0.1}}",
            "{adam: {clipnorm: 1}}",
            "{adam: [learning_rate, clipnorm]}",
        ),
        ("{Adam: {learning_rate: 0.1}}", "{SGD: {momentum: 0.9}}", "{SGD: [momentum]}"),
        ("{Adam: {learning_rate: 0.1}}", "{SDG: {momentum: 0.9}}", "{SDG: [momentum]}"),
        ("{Adam: 0.1}", "{Adam: {clipnorm: 1}}", "{Adam: [learning_rate, clipnorm]}"),
        ("adam", "{Adam: {clipnorm: 1}}", "{Adam: [clipnorm]}"),
        ("{Choice: {values: [sgd]}}", "{SGD: {momentum: 0.9}}", "{SGD: [momentum]}"),
        ("{SGD: {momentum: 0.9}}", "{Choice: {values: [sgd]}}", "{Choice: [values]}"),
    ],
)
def test_a_class_replaces_another_and_merges_with_itself(base: str, over: str, result: str) -> None:
    found = merged(f"{{optimizer: {base}}}", f"{{optimizer: {over}}}")["optimizer"]
    expected = read_yaml(result, "").tree
    assert {name: list(arguments) for name, arguments in found.items()} == expected


def test_replacing_a_layer_of_a_graph_keeps_its_inputs() -> None:
    layers = merged(
        "{hidden: {Dense: {units: 8}, from: x}, out: {Dense: 1, from: hidden}}",
        "{hidden: {Dropout: 0.2}, out: {Dense: {use_bias: false}}}",
    )
    assert layers == {
        "hidden": {"Dropout": 0.2, "from": "x"},
        "out": {"Dense": {"units": 1, "use_bias": False}, "from": "hidden"},
    }


@pytest.mark.parametrize(
    "names", ["data: {inputs: %s}", "data: {target: %s}", "model: {inputs: %s}"]
)
def test_user_names_that_equal_class_names_are_merged(names: str) -> None:
    found = merged(names % "{linear: [a]}", names % "{moons: [b]}")
    assert found == read_yaml(names % "{linear: [a], moons: [b]}", "").tree


@pytest.mark.parametrize(
    ("base", "over"),
    [("dataset: iris", "file: a.csv"), ("file: a.csv", "dataset: iris")],
)
def test_a_dataset_and_a_file_replace_each_other(base: str, over: str) -> None:
    data = merged(f"data: {{{base}, scaling: standard}}", f"data: {{{over}}}")["data"]
    assert data == {"scaling": "standard", **read_yaml(over, "").tree}


def test_merged_values_keep_their_locations() -> None:
    document = merge(
        read_yaml("training: {optimizer: {Adam: {learning_rate: 0.1}}, epochs: 3}", "base.yaml"),
        read_yaml("training:\n  optimizer: {adam: {clipnorm: 1}}\n", "over.yaml"),
    )
    at = ("training", "optimizer", "adam")
    assert str(document.locate(("training", "epochs"))) == "base.yaml:1:61"
    assert str(document.locate((*at, "learning_rate"))) == "base.yaml:1:46"
    assert str(document.locate((*at, "clipnorm"))) == "over.yaml:2:32"
    assert str(document.locate(at, at_key=True)) == "over.yaml:2:15"


def test_locations_of_replaced_values_are_dropped() -> None:
    document = merge(read_yaml("a: [1, 2, 3]", "base.yaml"), read_yaml("a: [4]", "over.yaml"))
    assert str(document.locate(("a", 2))) == "over.yaml:1:4"


TREE = {
    "model": {
        "layers": [
            {"Dense": {"units": 8}},
            {"Dropout": 0.2},
            "BatchNormalization",
            {"Reshape": [2, 4]},
            {"Dense": 1},
        ]
    },
    "training": {"optimizer": "adam", "metrics": ["mae"], "epochs": 10},
}


@pytest.mark.parametrize(
    ("assignment", "path", "value"),
    [
        ("training.epochs=3", "training.epochs", 3),
        ("training.epochs= 3", "training.epochs", 3),
        ("training.epochs=", "training.epochs", None),
        ("name=a=b", "name", "a=b"),
        ("training.optimizer={SGD: 1e-2}", "training.optimizer", {"SGD": 0.01}),
        ("training.optimizer.Adam.clipnorm=1", "training.optimizer", {"Adam": {"clipnorm": 1}}),
        ("training.optimizer.SGD.momentum=0.9", "training.optimizer", {"SGD": {"momentum": 0.9}}),
        ("training.optimizer.Choice=[adam]", "training.optimizer", {"Choice": ["adam"]}),
        ("training.early_stopping.patience=3", "training.early_stopping", {"patience": 3}),
        ("tensorboard.histogram_freq=1", "tensorboard", {"histogram_freq": 1}),
        ("training.metrics.0=mse", "training.metrics", ["mse"]),
        ("training.metrics.1=mse", "training.metrics", ["mae", "mse"]),
        ("training.epochs.Int.min_value=3", "training.epochs", {"Int": {"min_value": 3}}),
        ("model.layers.0.Dense.units=3", "model.layers.0", {"Dense": {"units": 3}}),
        ("model.layers.0.dense.units=3", "model.layers.0", {"Dense": {"units": 3}}),
        ("model.layers.0.Dropout=0.1", "model.layers.0", {"Dropout": 0.1}),
        ("model.layers.1.Dropout=0", "model.layers.1", {"Dropout": 0}),
        ("model.layers.1.Dropout.seed=1", "model.layers.1", {"Dropout": {"rate": 0.2, "seed": 1}}),
        ("model.layers.1.Dense.units=3", "model.layers.1", {"Dense": {"units": 3}}),
        (
            "model.layers.2.BatchNormalization.momentum=0.5",
            "model.layers.2",
            {"BatchNormalization": {"momentum": 0.5}},
        ),
        (
            "model.layers.3.Reshape.name=square",
            "model.layers.3",
            {"Reshape": {"target_shape": [2, 4], "name": "square"}},
        ),
        (
            "model.layers.4.Dense.activation=relu",
            "model.layers.4",
            {"Dense": {"units": 1, "activation": "relu"}},
        ),
        ("model.layers.5={Dense: 2}", "model.layers.5", {"Dense": 2}),
        (
            "model.defaults.Dense.activation=relu",
            "model.defaults",
            {"Dense": {"activation": "relu"}},
        ),
    ],
)
def test_set_assigns_a_value_to_a_path(assignment: str, path: str, value: Any) -> None:
    before = repr(TREE)
    found: Any = override(Document(TREE), assignment).tree
    for key in path.split("."):
        found = found[int(key) if key.isdigit() else key]
    assert found == value
    assert repr(TREE) == before


def test_set_may_enable_tensorboard() -> None:
    tree = {"tensorboard": False}
    changed = override(Document(tree), "tensorboard.write_images=true").tree
    assert changed == {"tensorboard": {"write_images": True}}


def test_set_finds_keys_of_digits_of_either_type() -> None:
    weights = {"training": {"class_weight": {0: 1.0, 1: 2.0}}}
    changed = override(Document(weights), "training.class_weight.1=5").tree
    assert changed["training"]["class_weight"] == {0: 1.0, 1: 5}
    columns = {"data": {"target": {"1": "a"}}}
    assert override(Document(columns), "data.target.1=b").tree["data"]["target"] == {"1": "b"}


def test_set_values_are_located_at_the_flag() -> None:
    document = override(
        read_yaml("training: {epochs: 3, batch_size: 8}", "a.yaml"), "training.epochs=4"
    )
    assert str(document.locate(("training", "epochs"))) == "--set training.epochs"
    assert str(document.locate(("training", "batch_size"))) == "a.yaml:1:35"


def test_a_lone_value_turned_into_an_argument_keeps_its_location() -> None:
    document = read_yaml("layers:\n  - Dense: many\n", "a.yaml")
    changed = override(
        Document({"model": document.tree}, document.marks), "model.layers.0.Dense.use_bias=1"
    )
    assert changed.tree["model"]["layers"] == [{"Dense": {"units": "many", "use_bias": 1}}]
    written = override(document, "layers.0.Dense.use_bias=1")
    assert str(written.locate(("layers", 0, "Dense", "units"))) == "a.yaml:2:12"


@pytest.mark.parametrize(
    ("assignment", "path"),
    [
        ("training.epochs=3", ("training", "epochs")),
        ("model.layers.0.Dense={units: 3}", ("model", "layers", 0, "Dense")),
        ("training.epochs", ()),
        ("training..epochs=3", ()),
        ("=3", ()),
    ],
)
def test_assignment_path(assignment: str, path: tuple[str | int, ...]) -> None:
    assert assignment_path(assignment) == path


def test_an_assignment_is_split_into_flag_key_and_value() -> None:
    assert split_assignment("training.epochs=3") == (
        "--set training.epochs",
        "training.epochs",
        "3",
    )
    assert split_assignment("--device training.device=cpu") == (
        "--device",
        "training.device",
        "cpu",
    )
