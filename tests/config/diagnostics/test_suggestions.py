"""Tests of formatted values, nearest names and hints."""

from __future__ import annotations

import math

import pytest

from nnlab.config.diagnostics.suggestions import format_value, hint_for_type
from nnlab.config.vocabulary.layers.core import Dense
from nnlab.text import did_you_mean, nearest


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (0.5, "0.5"),
        (math.inf, ".inf"),
        (-math.inf, "-.inf"),
        (math.nan, ".nan"),
        ("64", "'64'"),
        ("a\nb", r"'a\nb'"),
        ([1, [None]], "[1, [null]]"),
        ({"Dense": {"units": 3}}, "{Dense: {units: 3}}"),
        ({}, "{}"),
        (Dense(units=3, activation="relu"), "{Dense: {units: 3, activation: 'relu'}}"),
    ],
)
def test_values_are_formatted_as_yaml(value: object, text: str) -> None:
    assert format_value(value) == text


def test_long_values_are_cut() -> None:
    assert format_value("x" * 200) == f"'{'x' * 78}…"
    assert len(format_value([1] * 500, 20)) == 20


LAYERS = ["Dense", "dense", "Dropout", "dropout", "BatchNormalization", "batch_normalization"]
KEYS = ["optimizer", "loss", "batch_size", "epochs", "early_stopping", "learning_rate", "n_samples"]


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("Dens", LAYERS, "Dense"),
        ("dens", LAYERS, "dense"),
        ("BatchNormalisation", LAYERS, "BatchNormalization"),
        ("batchnormalization", LAYERS, "batch_normalization"),
        ("Dense(16, 'relu')", LAYERS, "Dense"),
        ("keras.layers.Dropout", LAYERS, "Dropout"),
        ("bn", LAYERS, "BatchNormalization"),
        ("lr", KEYS, "learning_rate"),
        ("bs", KEYS, "batch_size"),
        ("samples", KEYS, "n_samples"),
        ("batchsize", KEYS, "batch_size"),
        ("Epoch", KEYS, "epochs"),
        ("float16", ["float32", "float64", "mixed_float16"], "mixed_float16"),
        ("Conv2D", LAYERS, None),
        ("x", KEYS, None),
        ("", KEYS, None),
        ("Dense", [], None),
    ],
)
def test_nearest_name(name: str, known: list[str], expected: str | None) -> None:
    assert nearest(name, known) == expected


def test_did_you_mean_without_known_names() -> None:
    assert (
        did_you_mean("x", [], "arguments of iris") == "Remove it: there are no arguments of iris."
    )


@pytest.mark.parametrize(
    ("kind", "received", "hint"),
    [
        ("int_type", "64", "Remove the quotes: 64."),
        ("float_type", " 1e-3 ", "Remove the quotes: 1e-3."),
        ("float_type", "20%", "Write 0.2."),
        ("float_type", "0,001", "Write 0.001."),
        ("int_type", "60,000", "Write 60000."),
        ("int_type", "60_000", "Write 60000."),
        ("int_type", "60 000", "Write 60000."),
        ("int_type", "many", ""),
        ("int_type", 3.0, "Write it without a decimal point: 3."),
        ("int_from_float", 3.5, ""),
        ("int_type", True, ""),
        ("bool_type", "yes", "Write `true`."),
        ("bool_type", "Off", "Write `false`."),
        ("bool_type", 0, "Write `false`."),
        ("bool_type", 2, ""),
        ("string_type", 2024, "Put it in quotes: '2024'."),
        ("string_type", None, ""),
        ("list_type", "age", "Put it in brackets: [age]."),
        ("list_type", 3, "Put it in brackets: [3]."),
        ("int_type", {"int": {"min_value": 1}}, "Did you mean `Int`?"),
        (
            "int_type",
            {"Int": {"min_value": 1}, "step": 2},
            "Move `step` into the arguments of Int.",
        ),
        (
            "int_type",
            {"Int": {"min_value": 1, "max_value": 4}, "Choice": [2]},
            "Keep one search marker and remove the others.",
        ),
        ("int_type", {"a": 1}, ""),
    ],
)
def test_hint_for_a_value_of_a_wrong_type(kind: str, received: object, hint: str) -> None:
    assert hint_for_type(kind, received) == hint
