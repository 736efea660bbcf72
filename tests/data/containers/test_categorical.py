from __future__ import annotations

import numpy as np
import pytest

from nnlab.data.containers import chunks
from nnlab.data.containers.categorical import Categorical, in_other_notation, label, spelt_number


def test_numbers_are_sorted_by_size_and_named_without_decimals() -> None:
    assert Categorical.of(np.array([10.0, 9.0, 2.5, 9.0])).names == ("2.5", "9", "10")


def test_nan_is_a_missing_value() -> None:
    codes = Categorical.of(np.array([1.0, np.nan, 2.0]))
    assert codes.codes.tolist() == [0, -1, 1]
    assert codes.missing().tolist() == [False, True, False]


def test_bools_and_text_have_codes_too() -> None:
    assert Categorical.of(np.array([True, False])).names == ("False", "True")
    assert Categorical.of(np.array(["b", "a", "b"])).codes.tolist() == [1, 0, 1]


def test_used_drops_names_without_rows_and_keeps_missing_ones() -> None:
    codes = Categorical(np.array([2, -1, 0], np.int32), ("a", "b", "c")).used()
    assert codes.names == ("a", "c")
    assert codes.codes.tolist() == [1, -1, 0]


def test_take_keeps_names_that_lose_their_rows() -> None:
    assert Categorical.of(np.array(["a", "b"])).take(np.array([1])).names == ("a", "b")


def test_counts_leave_missing_values_out() -> None:
    assert Categorical(np.array([0, -1, 0], np.int32), ("a", "b")).counts().tolist() == [2, 0]


@pytest.mark.parametrize("text", ["3,14", "-0,5", "1.234,56", "1,234.56", "1 234 567", "12%"])
def test_numbers_in_other_notations_are_told_apart_from_names(text: str) -> None:
    assert in_other_notation(text)


@pytest.mark.parametrize("text", ["3.14", "1e3", "", "1.2.3", "a1", "12-13", "2024-01-31", ",5,"])
def test_names_and_plain_numbers_are_in_no_other_notation(text: str) -> None:
    assert not in_other_notation(text)


def test_many_values_are_numbered_as_a_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_CHUNK_BYTES", 1000)
    random = np.random.default_rng(0)
    values = random.integers(-30, 300, 3000) / 4
    values[random.random(3000) < 0.1] = np.nan
    codes = Categorical.of(values)
    names = np.unique(values[~np.isnan(values)])
    assert codes.names == tuple(label(name) for name in names.tolist())
    assert (codes.missing() == np.isnan(values)).all()
    assert (names[codes.codes[~codes.missing()]] == values[~np.isnan(values)]).all()
    assert codes.counts().sum() == (~np.isnan(values)).sum()


def test_numbers_of_names_that_spell_them() -> None:
    numbers = Categorical.of(np.array(["10", "2"])).numbers()
    assert numbers is not None
    assert numbers.tolist() == [10.0, 2.0]
    assert Categorical.of(np.array(["10", "x"])).numbers() is None


@pytest.mark.parametrize(("text", "number"), [("1e-3", 0.001), ("1_000", None), ("", None)])
def test_spelt_number(text: str, number: float | None) -> None:
    assert spelt_number(text) == number


def test_label_of_a_number_too_big_for_an_integer() -> None:
    assert label(float("inf")) == "inf"
