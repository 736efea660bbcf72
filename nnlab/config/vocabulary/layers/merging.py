"""Merging layers, for Functional models."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from nnlab.config.diagnostics import Issue, issues_error
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.unions import ShapeUnion

TwoAxes = Annotated[list[int], Field(min_length=2, max_length=2)]


class Add(Layer):
    """Adds its inputs, as in a residual connection (He et al., 2016)."""


class Subtract(Layer):
    """Subtracts the second of its two inputs from the first."""


class Multiply(Layer):
    """Multiplies its inputs elementwise."""


class Average(Layer):
    """Averages its inputs elementwise."""


class Maximum(Layer):
    """Elementwise maximum of its inputs."""


class Minimum(Layer):
    """Elementwise minimum of its inputs."""


class Concatenate(Layer):
    """Concatenates its inputs."""

    axis: int = Field(-1, description="Axis of the concatenation.")

    @field_validator("axis")
    @classmethod
    def _not_the_batch_axis(cls, axis: int) -> int:
        if axis == 0:
            raise issues_error(
                [Issue((), "Axis 0 is the batch. Received: axis=0.", "Write -1, or 1.")]
            )
        return axis


class Dot(Layer):
    """Dot product of its two inputs."""

    axes: Annotated[int | TwoAxes, ShapeUnion()] = Field(
        description="Axis of the dot product, or one per input; 1: the first after the batch."
    )
    normalize: bool = Field(
        False, description="Whether to normalize both inputs: cosine similarity."
    )

    @field_validator("axes")
    @classmethod
    def _not_the_batch_axis(cls, axes: int | list[int]) -> int | list[int]:
        if axes == 0 or (isinstance(axes, list) and 0 in axes):
            message = f"Axis 0 is the batch. Received: axes={axes}."
            raise issues_error([Issue((), message, "Write -1, or 1.")])
        return axes
