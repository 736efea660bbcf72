"""Activation layers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nnlab.config.vocabulary.arguments import ActivationName, Axes, Constraint, Regularizer
from nnlab.config.vocabulary.initializers import Initializer, Zeros
from nnlab.config.vocabulary.layers import Layer


class Activation(Layer):
    """Applies an activation function."""

    activation: ActivationName = Field(description="Name of the activation function.")


class ReLU(Layer):
    """max(x, 0), optionally with slope, threshold and maximum (Nair and Hinton, 2010)."""

    max_value: float | None = Field(
        None, ge=0, description="Maximum of the output; None: no maximum."
    )
    negative_slope: float = Field(0.0, ge=0, description="Slope below the threshold.")
    threshold: float = Field(0.0, ge=0, description="Threshold of the activation.")


class LeakyReLU(Layer):
    """x above zero, a small multiple of x below: units cannot die (Maas et al., 2013)."""

    negative_slope: float = Field(0.3, ge=0, description="Slope below zero.")


class PReLU(Layer):
    """LeakyReLU with a learned slope per unit (He et al., 2015)."""

    alpha_initializer: Initializer = Field(
        default_factory=Zeros, description="Initializer of the slopes."
    )
    alpha_regularizer: Regularizer | None = Field(None, description="Regularizer of the slopes.")
    alpha_constraint: Constraint | None = Field(None, description="Constraint on the slopes.")
    shared_axes: list[Annotated[int, Field(gt=0)]] | None = Field(
        None, description="Axes along which slopes are shared; 1: the first axis after the batch."
    )


class ELU(Layer):
    """x above zero, alpha * (exp(x) - 1) below (Clevert et al., 2015)."""

    alpha: float = Field(1.0, description="Negative of the limit for large negative inputs.")


class Softmax(Layer):
    """exp(x) / sum(exp(x)): positive outputs that sum to 1."""

    axis: Axes = Field(-1, description="Axis or axes that sum to 1.")
