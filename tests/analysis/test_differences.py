"""Differences between trees, with aligned layers."""

from __future__ import annotations

from typing import Any

from nnlab.analysis.differences import differences


def diff(*trees: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {difference.path: difference.values for difference in differences(trees)}


def layers(*nodes: Any) -> dict[str, Any]:
    return {"model": {"layers": list(nodes)}}


def test_equal_trees_have_no_differences() -> None:
    assert diff({"a": {"b": [1, 2]}}, {"a": {"b": [1, 2]}}) == {}


def test_only_different_values_are_returned() -> None:
    one = {"seed": 1, "training": {"epochs": 3, "batch_size": 8}}
    other = {"seed": 1, "training": {"epochs": 3, "batch_size": "full"}}
    assert diff(one, other, one) == {"training.batch_size": (8, "full", 8)}


def test_missing_section_is_one_difference() -> None:
    stopping = {"monitor": "val_loss", "patience": 3}
    assert diff({"training": {}}, {"training": {"early_stopping": stopping}}) == {
        "training.early_stopping": (None, stopping)
    }


def test_class_name_has_the_default_arguments() -> None:
    one, other = {"optimizer": "Adam"}, {"optimizer": {"Adam": {"learning_rate": 0.1}}}
    assert diff(one, other) == {"optimizer.Adam.learning_rate": (0.001, 0.1)}


def test_missing_argument_has_its_default() -> None:
    plain = layers({"Dense": {"units": 8}})
    explicit = layers({"Dense": {"units": 8, "use_bias": False, "kernel_regularizer": {"L2": 0.1}}})
    bias, penalty = differences([plain, explicit])
    assert (bias.path, bias.values) == ("model.layers.0.Dense.use_bias", (True, False))
    assert (bias.defaults, penalty.defaults) == ((True, False), (True, False))
    assert penalty.values == (None, {"L2": 0.1})
    noisy = {"data": {"dataset": {"moons": {"noise": 0.3, "n_samples": 9}}}}
    assert diff({"data": {"dataset": {"moons": {"n_samples": 9}}}}, noisy) == {
        "data.dataset.moons.noise": (0.2, 0.3)
    }


def test_other_class_is_one_difference() -> None:
    adam, sgd = {"Adam": {"beta_1": 0.8}}, {"SGD": {"momentum": 0.9}}
    assert diff({"optimizer": adam}, {"optimizer": sgd}) == {"optimizer": (adam, sgd)}


def test_other_data_set_is_one_difference() -> None:
    moons, circles = {"moons": {"noise": 0.1}}, {"circles": {"noise": 0.1}}
    one, other = {"data": {"dataset": moons}}, {"data": {"dataset": circles}}
    assert diff(one, other) == {"data.dataset": (moons, circles)}
    more = {"data": {"dataset": {"moons": {"noise": 0.3}}}}
    assert diff(one, more) == {"data.dataset.moons.noise": (0.1, 0.3)}


def test_additional_layer_is_one_difference() -> None:
    first, last = {"Dense": {"units": 8}}, {"Dense": {"units": 1}}
    drop = {"Dropout": {"rate": 0.3}}
    assert diff(layers(first, last), layers(first, drop, last)) == {"model.layers.1": (None, drop)}


def test_layers_of_the_same_class_are_aligned() -> None:
    one = layers({"Dense": {"units": 8}}, "BatchNormalization", {"Dense": {"units": 1}})
    other = layers({"Dense": {"units": 16}}, {"Dense": {"units": 1}})
    assert diff(one, other) == {
        "model.layers.0.Dense.units": (8, 16),
        "model.layers.1": ("BatchNormalization", None),
    }


def test_alignment_does_not_depend_on_the_order_of_configs() -> None:
    dense, last = {"Dense": {"units": 256, "activation": "relu"}}, {"Dense": {"units": 10}}
    bare = {"Dense": {"units": 256, "activation": "relu", "use_bias": False}}
    drop = {"Dropout": {"rate": 0.3}}
    result = diff(layers(dense, drop, dense, drop, last), layers(bare, dense, last))
    assert result == {
        "model.layers.0.Dense.use_bias": (True, False),
        "model.layers.1": (drop, None),
        "model.layers.3": (drop, None),
    }


def test_three_lists_of_layers_share_indices() -> None:
    a, b, c = ({"Dense": {"units": units}} for units in (1, 2, 3))
    result = diff(layers(a, c), layers(a, "Flatten", c), layers(a, b, c))
    assert result == {"model.layers.1": (None, "Flatten", None), "model.layers.2": (None, None, b)}


def test_named_layers_are_compared_by_name() -> None:
    one = {"model": {"layers": {"hidden": {"Dense": {"units": 4}, "from": "pixels"}}}}
    other = {"model": {"layers": {"hidden": {"Dense": {"units": 4}, "from": "other"}}}}
    assert diff(one, other) == {"model.layers.hidden.from": ("pixels", "other")}


def test_true_is_not_one() -> None:
    assert diff({"a": True}, {"a": 1}) == {"a": (True, 1)}
