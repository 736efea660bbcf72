"""The names of a grid's combinations."""

from __future__ import annotations

from nnlab.config.grid import combinations


def names(grid: dict[str, list[object]]) -> list[str]:
    return [name for name, _ in combinations(grid)]


def test_no_keys_make_one_combination_without_a_name() -> None:
    assert list(combinations({})) == [("", ())]


def test_the_last_key_changes_the_fastest() -> None:
    assert [at for _, at in combinations({"a": [1, 2], "b": [3, 4]})] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]


def test_values_become_what_a_folder_can_be_called() -> None:
    grid: dict[str, list[object]] = {"training.optimizer": [{"SGD": {"learning_rate": 0.1}}, None]}
    assert names(grid) == ["optimizer=SGD-learning_rate-0.1", "optimizer=null"]
    assert names({"x": [-1, 1e-05, "a/../b", True]}) == ["x=-1", "x=1e-05", "x=a-..-b", "x=true"]


def test_two_values_of_one_name_are_told_apart() -> None:
    assert names({"x": ["a/b", "a b"]}) == ["x=a-b", "x=a-b-2"]
