"""Constraints: what weights are brought back to after each step."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from nnlab.config.diagnostics.issues import Issue, issues_error
from nnlab.config.vocabulary.argument_families import Constraint

NormAxis = Annotated[
    int,
    Field(
        description="Axis of the kernel whose entries make one norm; 0: the weights into a unit."
    ),
]


class MaxNorm(Constraint):
    """Scales weights down where their norm is above a limit (Srivastava et al., 2014)."""

    max_value: float = Field(2.0, gt=0, description="The largest norm allowed.")
    axis: NormAxis = 0


class NonNeg(Constraint):
    """Sets negative weights to zero."""


class UnitNorm(Constraint):
    """Scales weights to norm 1."""

    axis: NormAxis = 0


class MinMaxNorm(Constraint):
    """Scales weights so that their norm lies between two limits."""

    min_value: float = Field(0.0, ge=0, description="The smallest norm allowed.")
    max_value: float = Field(1.0, gt=0, description="The largest norm allowed.")
    rate: float = Field(1.0, ge=0, le=1, description="How much of the way is gone in one step.")
    axis: NormAxis = 0

    @model_validator(mode="after")
    def _limits_are_in_order(self) -> Self:
        if self.min_value > self.max_value:
            received = f"min_value={self.min_value}, max_value={self.max_value}"
            message = f"Expected min_value <= max_value. Received: {received}."
            raise issues_error([Issue(("min_value",), message, "Swap them.")])
        return self
