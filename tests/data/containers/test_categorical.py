from __future__ import annotations

import numpy as np
import pytest

from nnlab.data.containers import memory
from nnlab.data.containers.categorical import (
    Categorical,
    category_name,
    is_formatted_number,
    parse_number,
)


def test_numeric_categories_are_sorted_by_value() -> None:
    assert Categorical.from_values(np.array([10.0, 9.0, 2.5, 9.0])).categories == ("2.5", "9", "10")


def test_nan_is_missing() -> None:
    codes = Categorical.from_values(np.array([1.0, np.nan, 2.0]))
    assert codes.codes.tolist() == [0, -1, 1]
    assert codes.is_missing().tolist() == [False, True, False]


def test_bools_and_text_are_encoded() -> None:
    assert Categorical.from_values(np.array([True, False])).categories == ("False", "True")
    assert Categorical.from_values(np.array(["b", "a", "b"])).codes.tolist() == [1, 0, 1]


def test_remove_unused_renumbers_codes() -> None:
    codes = Categorical(np.array([2, -1, 0], np.int32), ("a", "b", "c")).remove_unused()
    assert codes.categories == ("a", "c")
    assert codes.codes.tolist() == [1, -1, 0]


def test_take_keeps_unused_categories() -> None:
    letters = Categorical.from_values(np.array(["a", "b"]))
    assert letters.take(np.array([1])).categories == ("a", "b")


def test_counts_exclude_missing_values() -> None:
    assert Categorical(np.array([0, -1, 0], np.int32), ("a", "b")).counts().tolist() == [2, 0]


FORMATTED = ["3,14", "-0,5", "1.234,5", "1.234,56", "1,234.56", "1 234 567", "12%", "50 %"]
NOT_FORMATTED = ["3.14", "1e3", "", "1.2.3", "a1", "B 3,14", "12-13", "2024-01-31", ",5,"]


def test_formatted_numbers_are_detected() -> None:
    assert [text for text in FORMATTED + NOT_FORMATTED if is_formatted_number(text)] == FORMATTED


def test_encoding_in_chunks_gives_the_same_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_CHUNK_BYTES", 1000)
    random = np.random.default_rng(0)
    values = random.integers(-30, 300, 3000) / 4
    values[random.random(3000) < 0.1] = np.nan
    codes = Categorical.from_values(values)
    names = np.unique(values[~np.isnan(values)])
    assert codes.categories == tuple(category_name(name) for name in names.tolist())
    assert (codes.is_missing() == np.isnan(values)).all()
    assert (names[codes.codes[~codes.is_missing()]] == values[~np.isnan(values)]).all()
    assert codes.counts().sum() == (~np.isnan(values)).sum()


def test_numeric_categories() -> None:
    numbers = Categorical.from_values(np.array(["10", "2"])).numeric_categories()
    assert numbers is not None
    assert numbers.tolist() == [10.0, 2.0]
    assert Categorical.from_values(np.array(["10", "x"])).numeric_categories() is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("1e-3", 0.001), (" 1e3", 1000.0), ("1_000", None), ("n/a", None), ("", None)],
)
def test_parse_number(text: str, number: float | None) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    ("value", "name"),
    [(3.0, "3"), (2.5, "2.5"), (True, "True"), ("red", "red"), (float("inf"), "inf")],
)
def test_category_name(value: object, name: str) -> None:
    assert category_name(value) == name
