"""Layers that change the shape or scale of values."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from nnlab.config.diagnostics import Issue, issues_error
from nnlab.config.vocabulary.layers import Layer

KeepDims = Annotated[bool, Field(description="Whether to keep the pooled axis, with length 1.")]


class Flatten(Layer):
    """Flattens each row: 28 x 28 becomes 784."""


class Reshape(Layer):
    """Reshapes each row."""

    target_shape: list[int] = Field(
        min_length=1,
        description="Shape of a row, without the batch; one axis may be -1 (inferred).",
    )

    @field_validator("target_shape")
    @classmethod
    def _shape_is_valid(cls, shape: list[int]) -> list[int]:
        issues = [
            Issue((position,), f"Expected a positive length, or -1. Received: {length}.")
            for position, length in enumerate(shape)
            if length < 1 and length != -1
        ]
        if shape.count(-1) > 1:
            issues.append(Issue((), f"Expected -1 at most once. Received: target_shape={shape}."))
        if issues:
            raise issues_error(issues)
        return shape


class Permute(Layer):
    """Permutes the axes of each row."""

    dims: list[int] = Field(
        min_length=1, description="Axes in their new order; 1: the first axis after the batch."
    )

    @field_validator("dims")
    @classmethod
    def _every_axis_once(cls, dims: list[int]) -> list[int]:
        if sorted(dims) != list(range(1, len(dims) + 1)):
            message = f"Expected each of 1 to {len(dims)} once. Received: dims={dims}."
            raise issues_error([Issue((), message)])
        return dims


class RepeatVector(Layer):
    """Repeats each row n times, along a new axis."""

    n: int = Field(gt=0, description="Number of repetitions.")


class Rescaling(Layer):
    """scale * x + offset, with constants."""

    scale: float = Field(description="Factor.")
    offset: float = Field(0.0, description="Offset.")


class GlobalAveragePooling1D(Layer):
    """Average of an Embedding's vectors over all positions."""

    keepdims: KeepDims = False


class GlobalMaxPooling1D(Layer):
    """Maximum of an Embedding's vectors over all positions."""

    keepdims: KeepDims = False
