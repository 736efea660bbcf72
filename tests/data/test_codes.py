from __future__ import annotations

import numpy as np
import pytest

from nnlab.data.codes import Codes, label, spelt_number


def test_numbers_are_sorted_by_size_and_named_without_decimals() -> None:
    assert Codes.of(np.array([10.0, 9.0, 2.5, 9.0])).names == ("2.5", "9", "10")


def test_nan_is_a_missing_value() -> None:
    codes = Codes.of(np.array([1.0, np.nan, 2.0]))
    assert codes.codes.tolist() == [0, -1, 1]
    assert codes.missing().tolist() == [False, True, False]


def test_bools_and_text_have_codes_too() -> None:
    assert Codes.of(np.array([True, False])).names == ("False", "True")
    assert Codes.of(np.array(["b", "a", "b"])).codes.tolist() == [1, 0, 1]


def test_used_drops_names_without_rows_and_keeps_missing_ones() -> None:
    codes = Codes(np.array([2, -1, 0], np.int32), ("a", "b", "c")).used()
    assert codes.names == ("a", "c")
    assert codes.codes.tolist() == [1, -1, 0]


def test_take_keeps_names_that_lose_their_rows() -> None:
    assert Codes.of(np.array(["a", "b"])).take(np.array([1])).names == ("a", "b")


def test_counts_leave_missing_values_out() -> None:
    assert Codes(np.array([0, -1, 0], np.int32), ("a", "b")).counts().tolist() == [2, 0]


def test_numbers_of_names_that_spell_them() -> None:
    numbers = Codes.of(np.array(["10", "2"])).numbers()
    assert numbers is not None
    assert numbers.tolist() == [10.0, 2.0]
    assert Codes.of(np.array(["10", "x"])).numbers() is None


@pytest.mark.parametrize(("text", "number"), [("1e-3", 0.001), ("1_000", None), ("", None)])
def test_spelt_number(text: str, number: float | None) -> None:
    assert spelt_number(text) == number


def test_label_of_a_number_too_big_for_an_integer() -> None:
    assert label(float("inf")) == "inf"
