"""Regularizers: penalties on weights, added to the loss."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from nnlab.config.vocabulary.arguments import Regularizer


class L1(Regularizer):
    """Adds l1 * sum |w|: drives weights to zero (Tibshirani, 1996)."""

    l1: float = Field(0.01, ge=0, description="Strength of the penalty.")


class L2(Regularizer):
    """Adds l2 * sum w^2: keeps weights small (Hoerl and Kennard, 1970)."""

    l2: float = Field(0.01, ge=0, description="Strength of the penalty.")


class L1L2(Regularizer):
    """Adds l1 * sum |w| + l2 * sum w^2, the elastic net (Zou and Hastie, 2005)."""

    l1: float = Field(0.0, ge=0, description="Strength of the L1 penalty.")
    l2: float = Field(0.0, ge=0, description="Strength of the L2 penalty.")


class OrthogonalRegularizer(Regularizer):
    """Penalizes rows or columns of a kernel that are not orthogonal."""

    factor: float = Field(0.01, ge=0, description="Strength of the penalty.")
    mode: Literal["rows", "columns"] = Field(
        "rows", description="Whether rows or columns are to be orthogonal."
    )
