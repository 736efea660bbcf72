"""Formatting of numbers."""

from __future__ import annotations

import math

import pytest

from nnlab.report.text.numbers import (
    format_bytes,
    format_count,
    format_interval,
    format_metric,
    format_percent,
    format_seconds,
    format_si_prefix,
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
    assert format_metric(value) == text


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
        (0.014532, 0.014539, "0.01453 to 0.01454"),
    ],
)
def test_interval_ends_have_the_same_decimals_and_no_false_zero(
    low: float, high: float, text: str
) -> None:
    assert format_interval(low, high) == text


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
def test_prefix_suits_the_rounded_number(value: float, text: str) -> None:
    assert format_si_prefix(value) == text


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
def test_seconds_never_show_sixty_of_a_unit(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text


def test_counts_have_thousands_separators() -> None:
    assert format_count(269_322) == "269,322"
    assert [plural(count, "run") for count in (0, 1, 1000)] == ["0 runs", "1 run", "1,000 runs"]


@pytest.mark.parametrize(
    ("size", "text"),
    [(512, "512 B"), (1536, "1.5 KiB"), (5 * 2**20, "5.0 MiB"), (2**50, "1024.0 TiB")],
)
def test_bytes(size: int, text: str) -> None:
    assert format_bytes(size) == text


def test_percent() -> None:
    assert (format_percent(0.934), format_percent(0.934, digits=1)) == ("93 %", "93.4 %")
