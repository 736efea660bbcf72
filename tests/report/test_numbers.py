"""Numbers are readable, at every size."""

from __future__ import annotations

import math

import pytest

from nnlab.report.numbers import count_text, metric_text, plural, seconds_text


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
