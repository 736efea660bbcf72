"""Numbers are readable, at every size."""

from __future__ import annotations

import math

import pytest

from nnlab.report.text.numbers import (
    count_text,
    interval_text,
    metric_text,
    prefixed_text,
    seconds_text,
)
from nnlab.text import plural


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.98312, "0.9831"),
        (0.0951, "0.0951"),
        (-0.25, "-0.2500"),
        (0.0, "0"),
        (1.0, "1.0000"),
        (0.00099, "9.90e-04"),
        (99.99, "99.9900"),
        (12345.678, "12,345.68"),
        (3.2e9, "3.20e+09"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_metric(value: float, text: str) -> None:
    assert metric_text(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-4.73e-4, 0.0641, "-0.0005 to 0.0641"),
        (0.0, 0.0641, "0 to 0.0641"),
        (3e-6, 0.2, "0.000003 to 0.200000"),
        (1e-9, 0.2, "1.00e-09 to 0.2000"),
        (-12.5, 1500.0, "-12.50 to 1,500.00"),
        (1e-6, 2e-5, "1.00e-06 to 2.00e-05"),
        (-math.inf, math.inf, "-inf to inf"),
    ],
)
def test_ends_of_an_interval_have_as_many_digits_and_none_looks_like_zero(
    low: float, high: float, text: str
) -> None:
    assert interval_text(low, high) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (999.0, "999"),
        (999.6, "1.00 k"),
        (59_960, "60.0 k"),
        (1.2e8, "120 M"),
        (4.5e15, "4,500 T"),
    ],
)
def test_prefix_is_that_of_the_rounded_number(value: float, text: str) -> None:
    assert prefixed_text(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 ms"),
        (0.0000041, "0.0041 ms"),
        (0.9994, "999 ms"),
        (1.2, "1.2 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (190, "3 min 10 s"),
        (3599.6, "1 h 0 min"),
        (90000, "25 h 0 min"),
        (math.inf, "inf s"),
    ],
)
def test_seconds_never_show_a_full_unit_as_sixty_of_a_smaller(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


def test_counts_have_their_thousands_apart_and_their_noun_in_number() -> None:
    assert count_text(269_322) == "269,322"
    assert [plural(count, "run") for count in (0, 1, 1000)] == ["0 runs", "1 run", "1,000 runs"]
