"""Constraints on weights, applied after each step."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from nnlab.config.diagnostics import Issue, issues_error
from nnlab.config.vocabulary.arguments import Constraint

NormAxis = Annotated[
    int, Field(description="Axis along which norms are computed; 0: the weights of one unit.")
]


class MaxNorm(Constraint):
    """Limits the norm of the weights (Srivastava et al., 2014)."""

    max_value: float = Field(2.0, gt=0, description="Maximum norm.")
    axis: NormAxis = 0


class NonNeg(Constraint):
    """Non-negative weights: negative ones become zero."""


class UnitNorm(Constraint):
    """Unit norm: scales weights to norm 1."""

    axis: NormAxis = 0


class MinMaxNorm(Constraint):
    """Keeps the norm of the weights between two limits."""

    min_value: float = Field(0.0, ge=0, description="Minimum norm.")
    max_value: float = Field(1.0, gt=0, description="Maximum norm.")
    rate: float = Field(
        1.0, ge=0, le=1, description="Rate at which the limits are enforced; 1: fully."
    )
    axis: NormAxis = 0

    @model_validator(mode="after")
    def _limits_are_in_order(self) -> Self:
        if self.min_value > self.max_value:
            received = f"min_value={self.min_value}, max_value={self.max_value}"
            message = f"Expected min_value <= max_value. Received: {received}."
            raise issues_error([Issue(("min_value",), message, "Swap them.")])
        return self
