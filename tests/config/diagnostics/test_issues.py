"""Tests of issues: collected, and translated from the errors of pydantic."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from nnlab.config.diagnostics.issues import (
    Expected,
    Issue,
    IssueCollector,
    issue_from_error,
    issues_error,
    locate_issues,
)
from nnlab.config.yaml.parser import read_yaml


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
