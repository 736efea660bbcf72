"""Layers that make one tensor of several: for Functional models."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from nnlab.config.diagnostics.issues import Issue, issues_error
from nnlab.config.vocabulary.layers.layer import Layer
from nnlab.config.vocabulary.unions import ShapeUnion

TwoAxes = Annotated[list[int], Field(min_length=2, max_length=2)]


class Add(Layer):
    """Adds its inputs: the end of a residual connection (He et al., 2016)."""


class Subtract(Layer):
    """Subtracts the second of its two inputs from the first."""


class Multiply(Layer):
    """Multiplies its inputs, value by value."""


class Average(Layer):
    """Averages its inputs, value by value."""


class Maximum(Layer):
    """Takes the largest of its inputs, value by value."""


class Minimum(Layer):
    """Takes the smallest of its inputs, value by value."""


class Concatenate(Layer):
    """Lays its inputs beside each other."""

    axis: int = Field(-1, description="The axis along which they are laid.")

    @field_validator("axis")
    @classmethod
    def _batch_is_left_alone(cls, axis: int) -> int:
        if axis == 0:
            raise issues_error(
                [Issue((), "Axis 0 is the batch. Received: axis=0.", "Write -1, or 1.")]
            )
        return axis


class Dot(Layer):
    """Dot product of its two inputs."""

    axes: Annotated[int | TwoAxes, ShapeUnion()] = Field(
        description="The axis summed over, or one of each input; 1 is the first behind the batch."
    )
    normalize: bool = Field(
        False, description="Whether both are scaled to length 1: cosine similarity."
    )

    @field_validator("axes")
    @classmethod
    def _batch_is_left_alone(cls, axes: int | list[int]) -> int | list[int]:
        if axes == 0 or (isinstance(axes, list) and 0 in axes):
            message = f"Axis 0 is the batch. Received: axes={axes}."
            raise issues_error([Issue((), message, "Write -1, or 1.")])
        return axes
