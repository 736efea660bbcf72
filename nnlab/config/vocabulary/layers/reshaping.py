"""Layers that change the shape or the scale of the values and nothing else."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from nnlab.config.diagnostics.issues import Issue, issues_error
from nnlab.config.vocabulary.layers.layer import Layer

KeepDims = Annotated[bool, Field(description="Whether the pooled axis stays, with length 1.")]


class Flatten(Layer):
    """Lays all values of a row behind each other: 28 x 28 becomes 784."""


class Reshape(Layer):
    """Gives each row another shape of as many values."""

    target_shape: list[int] = Field(
        min_length=1,
        description="Shape of a row, without the batch; one axis may be -1: what is left.",
    )

    @field_validator("target_shape")
    @classmethod
    def _shape_is_sound(cls, shape: list[int]) -> list[int]:
        issues = [
            Issue((place,), f"Expected a positive length, or -1. Received: {length}.")
            for place, length in enumerate(shape)
            if length < 1 and length != -1
        ]
        if shape.count(-1) > 1:
            issues.append(Issue((), f"Expected -1 at most once. Received: target_shape={shape}."))
        if issues:
            raise issues_error(issues)
        return shape


class Permute(Layer):
    """Puts the axes of each row in another order."""

    dims: list[int] = Field(
        min_length=1, description="The axes in their new order; 1 is the first behind the batch."
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

    n: int = Field(gt=0, description="How many times.")


class Rescaling(Layer):
    """Computes scale * x + offset, with fixed numbers."""

    scale: float = Field(description="The factor.")
    offset: float = Field(0.0, description="What is added.")


class GlobalAveragePooling1D(Layer):
    """Averages the vectors of an Embedding over all positions."""

    keepdims: KeepDims = False


class GlobalMaxPooling1D(Layer):
    """Takes the largest value at each place of the vectors of an Embedding, over all positions."""

    keepdims: KeepDims = False
