"""Tests of the YAML parser: scalars of YAML 1.2 and the location of each value."""

from __future__ import annotations

import math
from typing import Any

import pytest

from nnlab.config.yaml.parser import read_yaml
from nnlab.errors import ConfigError, Location

TEXT = """\
# A comment.
name: iris
data:
  dataset: {moons: {noise: 0.1}}
layers:
  - Dense: 8
  - Dropout:
      rate: 0.2
"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E5", 1e5),
        ("-1.5e+3", -1500.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("12", 12),
        ("+3", 3),
        ("-0", 0),
        ("007", 7),
        ("0o17", 15),
        ("0xFF", 255),
        ("9223372036854775807", 2**63 - 1),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_plain_scalars_have_the_types_of_yaml_1_2(text: str, value: object) -> None:
    read = read_yaml(f"key: {text}", "a.yaml").tree["key"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    "text",
    ["yes", "no", "on", "off", "y", "1_000", "12:30:45", "2026-01-01", "0b101", "1e", "e5", "--1"],
)
def test_special_scalars_of_yaml_1_1_are_text(text: str) -> None:
    assert read_yaml(f"key: {text}", "a.yaml").tree == {"key": text}


def test_nan_is_read_as_a_number() -> None:
    assert math.isnan(read_yaml(".nan", "a.yaml").tree)


@pytest.mark.parametrize("text", ["'12'", '"12"', "!!str 12", "|-\n  12"])
def test_quoted_numbers_are_text(text: str) -> None:
    assert read_yaml(f"key: {text}", "a.yaml").tree == {"key": "12"}


@pytest.mark.parametrize(
    ("path", "key", "value", "inside"),
    [
        ((), (1, 1), (1, 1), (1, 1)),
        (("name",), (2, 1), (2, 7), (2, 7)),
        (("data",), (3, 1), (4, 3), (3, 1)),
        (("data", "dataset", "moons"), (4, 13), (4, 20), (4, 13)),
        (("data", "dataset", "moons", "noise"), (4, 21), (4, 28), (4, 28)),
        (("layers", 0), (6, 5), (6, 5), (6, 5)),
        (("layers", 0, "Dense"), (6, 5), (6, 12), (6, 12)),
        (("layers", 1, "Dropout", "rate"), (8, 7), (8, 13), (8, 13)),
    ],
)
def test_every_value_has_its_location(
    path: tuple[str | int, ...],
    key: tuple[int, int],
    value: tuple[int, int],
    inside: tuple[int, int],
) -> None:
    mark = read_yaml(TEXT, "a.yaml").marks[path]
    assert mark.key == Location("a.yaml", *key)
    assert mark.value == Location("a.yaml", *value)
    assert mark.inside == Location("a.yaml", *inside)


def test_values_of_aliases_are_located_at_the_anchor() -> None:
    document = read_yaml("a: &x {units: 3}\nb: *x\n", "a.yaml")
    assert document.tree == {"a": {"units": 3}, "b": {"units": 3}}
    assert document.marks["b", "units"].value == Location("a.yaml", 1, 15)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a: &x {u: 1, v: 2}\nb: {<<: *x, v: 3}", {"u": 1, "v": 3}),
        ("a: &x {u: 1}\nb: {v: 3, <<: *x}", {"u": 1, "v": 3}),
        ("a: [&x {u: 1}, &y {u: 2, v: 2}]\nb: {<<: [*x, *y]}", {"u": 1, "v": 2}),
        ("a: &x {u: 1}\nc: &y {<<: *x, v: 2}\nb: {<<: *y, w: 3}", {"u": 1, "v": 2, "w": 3}),
    ],
)
def test_merge_keys_add_keys_that_are_not_set(text: str, tree: dict[str, Any]) -> None:
    assert read_yaml(text, "a.yaml").tree["b"] == tree


def test_the_first_value_of_a_duplicate_key_is_used() -> None:
    document = read_yaml("seed: 1\nseed: 2\n", "a.yaml")
    assert document.tree == {"seed": 1}
    assert [str(diagnostic.location) for diagnostic in document.diagnostics] == ["a.yaml:2:1"]


def test_all_errors_of_a_file_are_reported_in_its_order() -> None:
    with pytest.raises(ConfigError) as caught:
        read_yaml("seed: 1\nseed: 2\na: !x 3\n0.5: b\nseed: 3\n", "a.yaml")
    locations = [str(diagnostic.location) for diagnostic in caught.value.diagnostics]
    assert locations == ["a.yaml:2:1", "a.yaml:3:4", "a.yaml:4:1", "a.yaml:5:1"]


def test_windows_line_endings_and_a_byte_order_mark_are_accepted() -> None:
    assert read_yaml("\ufeffname: iris\r\nseed: 3\r\n", "a.yaml").tree == {
        "name": "iris",
        "seed": 3,
    }
