"""Layers with weights, and Identity."""

from __future__ import annotations

from pydantic import Field, field_validator

from nnlab.config.diagnostics import Issue, issues_error
from nnlab.config.vocabulary.arguments import ActivationName, Constraint, Regularizer
from nnlab.config.vocabulary.initializers import GlorotUniform, Initializer, RandomUniform, Zeros
from nnlab.config.vocabulary.layers import Layer


class Dense(Layer):
    """Fully connected: activation(inputs @ kernel + bias)."""

    units: int = Field(gt=0, description="Number of units.")
    activation: ActivationName | None = Field(
        None, description="Activation function; None: linear."
    )
    use_bias: bool = Field(True, description="Whether to add a bias.")
    kernel_initializer: Initializer = Field(
        default_factory=GlorotUniform, description="Initializer of the kernel."
    )
    bias_initializer: Initializer = Field(
        default_factory=Zeros, description="Initializer of the bias."
    )
    kernel_regularizer: Regularizer | None = Field(None, description="Regularizer of the kernel.")
    bias_regularizer: Regularizer | None = Field(None, description="Regularizer of the bias.")
    activity_regularizer: Regularizer | None = Field(
        None, description="Regularizer of the output, after the activation."
    )
    kernel_constraint: Constraint | None = Field(None, description="Constraint on the kernel.")
    bias_constraint: Constraint | None = Field(None, description="Constraint on the bias.")

    @field_validator("bias_regularizer", "activity_regularizer")
    @classmethod
    def _only_kernels_are_orthogonal(cls, component: Regularizer | None) -> Regularizer | None:
        if component is not None and component.display_name() == "OrthogonalRegularizer":
            message = "OrthogonalRegularizer penalizes a matrix: it is for kernels only."
            hint = "Use it as `kernel_regularizer`, or use L1 or L2."
            raise issues_error([Issue((), message, hint)])
        return component


class Embedding(Layer):
    """A learned vector for each integer code."""

    input_dim: int = Field(gt=0, description="Number of codes; the largest code plus one.")
    output_dim: int = Field(gt=0, description="Size of each vector.")
    embeddings_initializer: Initializer = Field(
        default_factory=RandomUniform, description="Initializer of the vectors."
    )
    embeddings_regularizer: Regularizer | None = Field(
        None, description="Regularizer of the vectors."
    )
    embeddings_constraint: Constraint | None = Field(None, description="Constraint on the vectors.")
    mask_zero: bool = Field(
        False, description="Whether code 0 is a padding value that later layers skip."
    )


class Identity(Layer):
    """Returns its input."""
