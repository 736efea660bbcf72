"""What differs between trees: only that, and layers against those they correspond to."""

from __future__ import annotations

from typing import Any

from nnlab.analysis.differences import differences


def found(*trees: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {one.path: one.values for one in differences(trees)}


def layers(*several: Any) -> dict[str, Any]:
    return {"model": {"layers": list(several)}}


def test_equal_trees_have_no_differences() -> None:
    assert found({"a": {"b": [1, 2]}}, {"a": {"b": [1, 2]}}) == {}


def test_only_the_values_that_differ_are_told() -> None:
    one = {"seed": 1, "training": {"epochs": 3, "batch_size": 8}}
    other = {"seed": 1, "training": {"epochs": 3, "batch_size": "full"}}
    assert found(one, other, one) == {"training.batch_size": (8, "full", 8)}


def test_a_section_that_one_lacks_is_one_difference() -> None:
    stopping = {"monitor": "val_loss", "patience": 3}
    assert found({"training": {}}, {"training": {"early_stopping": stopping}}) == {
        "training.early_stopping": (None, stopping)
    }


def test_a_word_alone_is_the_word_with_its_defaults() -> None:
    one, other = {"optimizer": "Adam"}, {"optimizer": {"Adam": {"learning_rate": 0.1}}}
    assert found(one, other) == {"optimizer.Adam.learning_rate": (0.001, 0.1)}


def test_what_a_word_leaves_out_has_its_default() -> None:
    plain = layers({"Dense": {"units": 8}})
    told = layers({"Dense": {"units": 8, "use_bias": False, "kernel_regularizer": {"L2": 0.1}}})
    bias, penalty = differences([plain, told])
    assert (bias.path, bias.values) == ("model.layers.0.Dense.use_bias", (True, False))
    assert (bias.defaults, penalty.defaults) == ((True, False), (True, False))
    assert penalty.values == (None, {"L2": 0.1})
    noisy = {"data": {"dataset": {"moons": {"noise": 0.3, "n_samples": 9}}}}
    assert found({"data": {"dataset": {"moons": {"n_samples": 9}}}}, noisy) == {
        "data.dataset.moons.noise": (0.2, 0.3)
    }


def test_another_word_is_told_whole() -> None:
    adam, sgd = {"Adam": {"beta_1": 0.8}}, {"SGD": {"momentum": 0.9}}
    assert found({"optimizer": adam}, {"optimizer": sgd}) == {"optimizer": (adam, sgd)}


def test_another_data_set_is_told_whole() -> None:
    moons, circles = {"moons": {"noise": 0.1}}, {"circles": {"noise": 0.1}}
    one, other = {"data": {"dataset": moons}}, {"data": {"dataset": circles}}
    assert found(one, other) == {"data.dataset": (moons, circles)}
    more = {"data": {"dataset": {"moons": {"noise": 0.3}}}}
    assert found(one, more) == {"data.dataset.moons.noise": (0.1, 0.3)}


def test_a_layer_more_is_one_difference_though_all_behind_it_move() -> None:
    first, last = {"Dense": {"units": 8}}, {"Dense": {"units": 1}}
    drop = {"Dropout": {"rate": 0.3}}
    assert found(layers(first, last), layers(first, drop, last)) == {"model.layers.1": (None, drop)}


def test_layers_of_one_kind_are_set_against_each_other() -> None:
    one = layers({"Dense": {"units": 8}}, "BatchNormalization", {"Dense": {"units": 1}})
    other = layers({"Dense": {"units": 16}}, {"Dense": {"units": 1}})
    assert found(one, other) == {
        "model.layers.0.Dense.units": (8, 16),
        "model.layers.1": ("BatchNormalization", None),
    }


def test_layers_correspond_however_the_configs_are_ordered() -> None:
    dense, last = {"Dense": {"units": 256, "activation": "relu"}}, {"Dense": {"units": 10}}
    bare = {"Dense": {"units": 256, "activation": "relu", "use_bias": False}}
    drop = {"Dropout": {"rate": 0.3}}
    got = found(layers(dense, drop, dense, drop, last), layers(bare, dense, last))
    assert got == {
        "model.layers.0.Dense.use_bias": (True, False),
        "model.layers.1": (drop, None),
        "model.layers.3": (drop, None),
    }


def test_three_lists_of_layers_share_one_count() -> None:
    a, b, c = ({"Dense": {"units": units}} for units in (1, 2, 3))
    got = found(layers(a, c), layers(a, "Flatten", c), layers(a, b, c))
    assert got == {"model.layers.1": (None, "Flatten", None), "model.layers.2": (None, None, b)}


def test_named_layers_are_compared_by_name() -> None:
    one = {"model": {"layers": {"hidden": {"Dense": {"units": 4}, "from": "pixels"}}}}
    other = {"model": {"layers": {"hidden": {"Dense": {"units": 4}, "from": "other"}}}}
    assert found(one, other) == {"model.layers.hidden.from": ("pixels", "other")}


def test_true_is_not_one() -> None:
    assert found({"a": True}, {"a": 1}) == {"a": (True, 1)}
