"""Tests of issues: collected, and translated from the errors of pydantic."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from nnlab.config.diagnostics import (
    Expected,
    Issue,
    IssueCollector,
    format_value,
    hint_for_type,
    issue_from_error,
    issues_error,
    locate_issues,
)
from nnlab.config.vocabulary.layers.core import Dense
from nnlab.config.yaml.parser import read_yaml
from nnlab.text import did_you_mean, nearest


class Sample(BaseModel):
    """A model with a field of each type that configs have."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    whole: int = Field(0, gt=0, le=9)
    number: float = Field(0.0, ge=-0.5, lt=2)
    switch: bool = False
    text: Annotated[str, Field(min_length=1, max_length=3, pattern="^[a-z]*$")] = "a"
    many: list[int] = Field(default=[1], min_length=1, max_length=2)
    by_name: dict[str, int] = Field(default={})
    one_of: Literal["mean", "median", "drop"] = "mean"
    nothing: None = None


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("whole", "x", "Expected a whole number. Received: whole='x'."),
        ("whole", 1.5, "Expected a whole number. Received: whole=1.5."),
        ("whole", 0, "Expected more than 0. Received: whole=0."),
        ("whole", 10, "Expected 9 or less. Received: whole=10."),
        ("number", [], "Expected a number. Received: number=[]."),
        ("number", float("nan"), "Expected a finite number. Received: number=.nan."),
        ("number", -1, "Expected -0.5 or more. Received: number=-1."),
        ("number", 2, "Expected less than 2. Received: number=2."),
        ("switch", None, "Expected true or false. Received: switch=null."),
        ("text", 5, "Expected text. Received: text=5."),
        ("text", "", "Expected non-empty text. Received: text=''."),
        ("text", "abcd", "Expected at most 3 characters. Received: text='abcd'."),
        ("text", "A", "Expected text matching ^[a-z]*$. Received: text='A'."),
        ("many", {}, "Expected a list. Received: many={}."),
        ("many", [], "Expected 1 or more values. Received: many=[]."),
        ("many", [1, 2, 3], "Expected 2 or fewer values. Received: many=[1, 2, 3]."),
        ("many", ["x"], "Expected a whole number. Received: 'x'."),
        ("by_name", [], "Expected a mapping. Received: by_name=[]."),
        ("by_name", {1: 2}, "Expected text as key. Received: 1."),
        ("one_of", "medan", "Expected `mean`, `median` or `drop`. Received: one_of='medan'."),
        ("nothing", 3, "Expected null. Received: nothing=3."),
    ],
)
def test_errors_of_pydantic_are_translated(field: str, value: object, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Sample.model_validate({field: value})
    (error,) = caught.value.errors()
    assert issue_from_error(error).message == message


def test_a_misspelled_choice_gets_a_suggestion() -> None:
    with pytest.raises(ValidationError) as caught:
        Sample.model_validate({"one_of": "medan"})
    assert issue_from_error(caught.value.errors()[0]).hint == "Did you mean `median`?"


def test_many_choices_are_listed_only_without_a_suggestion() -> None:
    names = TypeAdapter(Literal["a1", "b2", "c3", "d4", "e5", "f6", "tanh"])
    collector = IssueCollector()
    for value in ("tan", "softmax"):
        with collector.collect("activation"):
            names.validate_python(value)
    near, far = collector.issues()
    assert near.message == "Expected an activation. Received: activation='tan'."
    assert near.hint == "Did you mean `tanh`?"
    assert far.hint == "The choices are: a1, b2, c3, d4, e5, f6, tanh."


def test_issues_keep_their_messages_through_nested_collectors() -> None:
    issue = Issue(("units",), "Expected {this}.", "Write {that}.", at_key=True)
    collector = IssueCollector()
    with collector.collect("layers", 0):
        raise issues_error([issue])
    outer = IssueCollector()
    with outer.collect("model"):
        collector.raise_if_any()
    path = ("model", "layers", 0, "units")
    assert outer.issues() == [Issue(path, issue.message, issue.hint, at_key=True)]


def test_drop_missing_drops_misspelled_keys() -> None:
    class Required(BaseModel):
        units: int
        rate: float

    collector = IssueCollector()
    with collector.collect():
        Required.model_validate({})
    collector.drop_missing(["units"])
    assert [issue.path for issue in collector.issues()] == [("rate",)]


@pytest.mark.parametrize(
    ("path", "parent", "hint"),
    [
        (("training", "epochs"), {"loss": "mse"}, "Add `epochs: …`."),
        (("training", "epochs"), {}, "Write `training: {epochs: …}`."),
        (("layers", 0, "Dense", "units"), {}, "Write `Dense: {units: …}`."),
        (("data",), {}, "Add `data: …`."),
    ],
)
def test_a_missing_key_gets_a_hint(path: Any, parent: object, hint: str) -> None:
    assert issue_from_error({"type": "missing", "loc": path, "input": parent}).hint == hint


def test_a_collector_without_issues_raises_nothing() -> None:
    IssueCollector().raise_if_any()
    assert IssueCollector().issues() == []


def test_expected_replaces_the_message_of_pydantic() -> None:
    size = TypeAdapter(Annotated[str, Field(pattern="^[SML]$"), Expected("S, M or L")])
    collector = IssueCollector()
    with collector.collect("size"):
        size.validate_python("XXL")
    (issue,) = collector.issues()
    assert issue == Issue(("size",), "Expected S, M or L. Received: size='XXL'.")


def test_issues_are_located_once_and_in_the_order_of_the_file() -> None:
    document = read_yaml("a: &x {units: 3}\nb: *x\nc: 1\n", "a.yaml")
    issues = [Issue((key, "units"), "Wrong.") for key in ("b", "a")]
    located = locate_issues(document, [Issue(("c",), "Wrong."), *issues])
    assert [str(diagnostic.location) for diagnostic in located] == ["a.yaml:1:15", "a.yaml:3:4"]


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
