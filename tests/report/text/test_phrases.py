"""Formatting of values, names and sentences."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.report.text.phrases import (
    format_hyperparameter,
    format_sentence,
    format_yaml_value,
    wrap_name,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a: b", "a: b"),
        ([1, "a"], "[1, a]"),
        (True, "true"),
        ({"Dense": {"units": 16, "use_bias": False}}, "Dense: {units: 16, use_bias: false}"),
        ({"a": 1, "b": 2}, "{a: 1, b: 2}"),
    ],
)
def test_config_value_is_written_as_yaml_on_one_line(value: Any, text: str) -> None:
    assert format_yaml_value(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.00123456, "0.001235"), (True, "true"), (False, "false"), (128, "128"), ("relu", "relu")],
)
def test_hyperparameter(value: Any, text: str) -> None:
    assert format_hyperparameter(value) == text


def test_name_is_wrapped_after_commas_only() -> None:
    assert wrap_name("a" * 30 + ",b,c", 8).splitlines() == ["a" * 30 + ",", "b,c"]
    assert wrap_name("a,b", 8) == "a,b"


def test_sentence_is_capitalized_unless_it_starts_with_a_name() -> None:
    names = ["cpu:0", "cpu:1"]
    assert format_sentence("no difference shown") == "No difference shown."
    assert format_sentence("cpu:1 is faster", names) == "cpu:1 is faster."
    assert format_sentence("cpu:10 is faster", names) == "Cpu:10 is faster."
    assert format_sentence("") == ""
