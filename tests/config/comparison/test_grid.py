"""Tests of the names of a grid's combinations."""

from __future__ import annotations

from nnlab.config.comparison.grid import combinations, short_keys, short_values


def names(grid: dict[str, list[object]]) -> list[str]:
    return [name for name, _ in combinations(grid)]


def test_an_empty_grid_has_one_combination_without_a_name() -> None:
    assert list(combinations({})) == [("", ())]


def test_the_last_key_varies_fastest() -> None:
    assert [positions for _, positions in combinations({"a": [1, 2], "b": [3, 4]})] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]


def test_names_have_only_characters_of_folder_names() -> None:
    grid: dict[str, list[object]] = {"training.optimizer": [{"SGD": {"learning_rate": 0.1}}, None]}
    assert names(grid) == ["optimizer=SGD", "optimizer=null"]
    assert names({"größe": ["schön"]}) == ["gr-e=sch-n"]
    assert names({"x": [-1, 1e-05, "a/../b", True]}) == ["x=-1", "x=1e-05", "x=a-..-b", "x=true"]


def test_equal_names_are_numbered() -> None:
    assert names({"x": ["a/b", "a b"]}) == ["x=a-b", "x=a-b-2"]


def test_keys_are_shortened_to_unique_endings() -> None:
    keys = ["model.layers.0.Dense.units", "model.layers.2.Dense.units", "training.optimizer"]
    assert short_keys(keys) == ["0.units", "2.units", "optimizer"]
    assert short_keys(["model.layers.1", "model.layers.2"]) == ["layers.1", "layers.2"]
    both = ["model.defaults.Dense.use_bias", "model.defaults.Conv2D.use_bias"]
    assert short_keys(both) == ["Dense.use_bias", "Conv2D.use_bias"]


def test_classes_are_labelled_by_their_differences() -> None:
    slow, fast = ({"SGD": {"learning_rate": rate, "momentum": 0.9}} for rate in (0.01, 0.1))
    assert short_values(["adam", slow]) == ["adam", "SGD"]
    assert short_values(["SGD", slow, fast]) == ["SGD", "SGD-0.01", "SGD-0.1"]
    assert short_values([slow, {"SGD": 0.1}]) == [
        "SGD-learning_rate-0.01-momentum-0.9",
        "SGD-learning_rate-0.1",
    ]
    assert short_values(["adam", fast, {"SGD": 0.1}]) == ["adam", "SGD-momentum-0.9", "SGD"]
    plain = {"SGD": {"learning_rate": 0.1}}
    assert short_values([slow, plain]) == [
        "SGD-learning_rate-0.01-momentum-0.9",
        "SGD-learning_rate-0.1",
    ]


def test_mappings_are_labelled_by_their_differences() -> None:
    short, long = ({"monitor": "val_loss", "patience": epochs} for epochs in (5, 10))
    assert short_values([None, short, long]) == ["null", "patience-5", "patience-10"]
    assert short_values([None, long]) == ["null", "monitor-val_loss-patience-10"]


def test_long_labels_are_replaced_by_numbers() -> None:
    hidden = {"Dense": {"units": 16, "activation": "relu", "kernel_initializer": "he_normal"}}
    grid: dict[str, list[object]] = {
        "training.optimizer": ["adam", {"SGD": {"learning_rate": 0.1}}],
        "model.layers": [[hidden, hidden, {"Dense": 1}], [hidden, {"Dense": 1}]],
        "training.early_stopping": [None, {"monitor": "val_loss", "patience": 5}],
    }
    assert names(grid)[:3] == [
        "optimizer=adam,layers=1,early_stopping=null",
        "optimizer=adam,layers=1,early_stopping=monitor-val_loss-patience-5",
        "optimizer=adam,layers=2,early_stopping=null",
    ]
