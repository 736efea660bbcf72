"""Unions that select their branch by the shape of the value."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from nnlab.config.vocabulary.arguments import Schedule
from nnlab.config.vocabulary.schedules import ExponentialDecay
from nnlab.config.vocabulary.unions import ShapeUnion

Rate = Annotated[Annotated[float, Field(gt=0)] | Schedule, ShapeUnion()]
Axes = Annotated[int | list[int], ShapeUnion()]
Size = Annotated[Annotated[int, Field(gt=0)] | Literal["full"], ShapeUnion()]
Weights = Annotated[list[float] | dict[str, float], ShapeUnion()]
Switch = Annotated[bool | Literal["auto"], ShapeUnion()]
DECAY = {"ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5}}


@pytest.mark.parametrize(
    ("union", "value", "expected"),
    [
        (Rate, 0.1, 0.1),
        (Rate, 1, 1.0),
        (Rate, DECAY, ExponentialDecay(initial_learning_rate=0.1, decay_steps=5, decay_rate=0.5)),
        (Axes, -1, -1),
        (Axes, [0, 1], [0, 1]),
        (Size, 32, 32),
        (Size, "full", "full"),
        (Weights, [1.0, 0.2], [1.0, 0.2]),
        (Weights, {"a": 1.0}, {"a": 1.0}),
        (Switch, True, True),
        (Switch, "auto", "auto"),
    ],
)
def test_branch_is_selected_by_shape(union: Any, value: object, expected: object) -> None:
    assert TypeAdapter(union).validate_python(value) == expected


@pytest.mark.parametrize(
    ("union", "value", "path", "text"),
    [
        (Rate, -0.1, (), "greater than 0"),
        (Rate, True, (), "Expected a number or a learning-rate schedule. Received: true."),
        (Rate, [0.1], (), "Expected a number or a learning-rate schedule. Received: [0.1]."),
        (Rate, "exponential", (), "Expected a number or a learning-rate schedule."),
        (Rate, "cosin_decay", (), "Did you mean `cosine_decay`?"),
        (Rate, {"CosineDecy": {}}, ("CosineDecy",), "Did you mean `CosineDecay`?"),
        (
            Rate,
            {"ExponentialDecay": [0.1]},
            ("ExponentialDecay", "initial_learning_rate"),
            "valid number",
        ),
        (Axes, 0.5, (), "Expected a whole number or a list of whole numbers."),
        (Axes, [0, "x"], (1,), "valid integer"),
        (Size, "ful", (), "Expected a whole number or `full`. Received: 'ful'. Did you mean"),
        (Size, "32", (), "Remove the quotes: 32."),
        (Size, 0, (), "greater than 0"),
        (Weights, {"a": "much"}, ("a",), "valid number"),
        (Weights, 3, (), "Expected a list of numbers or a mapping. Received: 3."),
        (Switch, 1, (), "Expected true, false or `auto`. Received: 1. Write `true`."),
    ],
)
def test_errors_are_those_of_the_intended_branch(
    union: Any, value: object, path: tuple[str | int, ...], text: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(union).validate_python(value)
    first, *rest = caught.value.errors()
    assert first["loc"] == path
    assert text in f"{first['msg']} {first.get('ctx', {}).get('hint', '')}"
    assert all(error["type"] == "missing" for error in rest)


def test_json_schema_contains_every_branch() -> None:
    schema = TypeAdapter(Axes).json_schema()
    assert schema["anyOf"] == [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]
