"""Problems: gathered, placed, and put in our own words whatever pydantic calls them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from nnlab.config.diagnostics.issues import Issue, IssueCollector, explain, issues_error


class Sample(BaseModel):
    """A field of each kind that the config has."""

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
        ("text", "", "Expected some text. Received: text=''."),
        ("text", "abcd", "Expected at most 3 characters. Received: text='abcd'."),
        ("text", "A", "Expected text of the form ^[a-z]*$. Received: text='A'."),
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
def test_errors_of_pydantic_in_our_own_words(field: str, value: object, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Sample.model_validate({field: value})
    (error,) = caught.value.errors()
    assert explain(error).message == message


def test_a_misspelt_choice_gets_the_nearest() -> None:
    with pytest.raises(ValidationError) as caught:
        Sample.model_validate({"one_of": "medan"})
    assert explain(caught.value.errors()[0]).hint == "Did you mean `median`?"


def test_many_choices_are_told_only_where_none_is_near() -> None:
    names = TypeAdapter(Literal["a1", "b2", "c3", "d4", "e5", "f6", "tanh"])
    collector = IssueCollector()
    for value in ("tan", "softmax"):
        with collector.collect("activation"):
            names.validate_python(value)
    near, far = collector.issues()
    assert near.message == "Expected an activation. Received: activation='tan'."
    assert near.hint == "Did you mean `tanh`?"
    assert far.hint == "The choices are: a1, b2, c3, d4, e5, f6, tanh."


def test_problems_keep_their_words_on_their_way_up() -> None:
    issue = Issue(("units",), "Expected {this}.", "Write {that}.", at_key=True)
    collector = IssueCollector()
    with collector.collect("layers", 0):
        raise issues_error([issue])
    outer = IssueCollector()
    with outer.collect("model"):
        collector.raise_if_any()
    path = ("model", "layers", 0, "units")
    assert outer.issues() == [Issue(path, issue.message, issue.hint, at_key=True)]


def test_a_key_that_is_there_misspelt_is_not_missing_as_well() -> None:
    class Needs(BaseModel):
        units: int
        rate: float

    collector = IssueCollector()
    with collector.collect():
        Needs.model_validate({})
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
def test_what_is_missing_is_asked_for(path: Any, parent: object, hint: str) -> None:
    assert explain({"type": "missing", "loc": path, "input": parent}).hint == hint


def test_nothing_gathered_is_nothing_raised() -> None:
    IssueCollector().raise_if_any()
    assert IssueCollector().issues() == []
