"""Activations as layers of their own: the plain ones by name, those with arguments by class."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nnlab.config.vocabulary.argument_families import Constraint, Regularizer
from nnlab.config.vocabulary.arguments import ActivationName, Axes
from nnlab.config.vocabulary.initializers import Initializer, Zeros
from nnlab.config.vocabulary.layers.layer import Layer


class Activation(Layer):
    """Applies an activation function."""

    activation: ActivationName = Field(description="The function's name.")


class ReLU(Layer):
    """max(x, 0), with a slope below the threshold and a ceiling if wanted (Nair, Hinton 2010)."""

    max_value: float | None = Field(None, ge=0, description="Ceiling of the output; None: none.")
    negative_slope: float = Field(0.0, ge=0, description="Slope below the threshold.")
    threshold: float = Field(0.0, ge=0, description="Inputs below it are cut.")


class LeakyReLU(Layer):
    """x above zero, a small multiple of x below: units do not die (Maas et al., 2013)."""

    negative_slope: float = Field(0.3, ge=0, description="Slope below zero.")


class PReLU(Layer):
    """LeakyReLU whose slopes are learnt, one for each unit (He et al., 2015)."""

    alpha_initializer: Initializer = Field(
        default_factory=Zeros, description="How the slopes start."
    )
    alpha_regularizer: Regularizer | None = Field(None, description="Penalty on the slopes.")
    alpha_constraint: Constraint | None = Field(None, description="Rule for the slopes.")
    shared_axes: list[Annotated[int, Field(gt=0)]] | None = Field(
        None, description="Axes along which one slope is shared; 1 is the first behind the batch."
    )


class ELU(Layer):
    """x above zero, alpha * (exp(x) - 1) below (Clevert et al., 2015)."""

    alpha: float = Field(1.0, description="The value that large negative inputs approach, negated.")


class Softmax(Layer):
    """exp(x) over its sum: outputs that are positive and sum to 1."""

    axis: Axes = Field(-1, description="The axis, or axes, that sum to 1.")
