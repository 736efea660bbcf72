"""Layers with kernels and tables, and the layer that does nothing."""

from __future__ import annotations

from pydantic import Field, field_validator

from nnlab.config.diagnostics.issues import Issue, issues_error
from nnlab.config.vocabulary.argument_families import Constraint, Regularizer
from nnlab.config.vocabulary.arguments import ActivationName
from nnlab.config.vocabulary.initializers import GlorotUniform, Initializer, RandomUniform, Zeros
from nnlab.config.vocabulary.layers.layer import Layer


class Dense(Layer):
    """Fully connected: activation(inputs @ kernel + bias)."""

    units: int = Field(gt=0, description="Number of units: the width of the output.")
    activation: ActivationName | None = Field(None, description="The activation; None: linear.")
    use_bias: bool = Field(True, description="Whether a bias is added.")
    kernel_initializer: Initializer = Field(
        default_factory=GlorotUniform, description="How the kernel starts."
    )
    bias_initializer: Initializer = Field(default_factory=Zeros, description="How the bias starts.")
    kernel_regularizer: Regularizer | None = Field(None, description="Penalty on the kernel.")
    bias_regularizer: Regularizer | None = Field(None, description="Penalty on the bias.")
    activity_regularizer: Regularizer | None = Field(
        None, description="Penalty on the layer's output, activation included."
    )
    kernel_constraint: Constraint | None = Field(None, description="Rule for the kernel.")
    bias_constraint: Constraint | None = Field(None, description="Rule for the bias.")

    @field_validator("bias_regularizer", "activity_regularizer")
    @classmethod
    def _kernels_alone_are_made_orthogonal(
        cls, component: Regularizer | None
    ) -> Regularizer | None:
        if component is not None and component.display_name() == "OrthogonalRegularizer":
            message = "OrthogonalRegularizer is for a kernel: what it penalizes is a matrix."
            hint = "Write it as `kernel_regularizer`, or take L1 or L2."
            raise issues_error([Issue((), message, hint)])
        return component


class Embedding(Layer):
    """Turns each integer code into a vector that is learnt, a row of a table."""

    input_dim: int = Field(gt=0, description="Number of codes; the largest code is one less.")
    output_dim: int = Field(gt=0, description="Length of each vector.")
    embeddings_initializer: Initializer = Field(
        default_factory=RandomUniform, description="How the table starts."
    )
    embeddings_regularizer: Regularizer | None = Field(None, description="Penalty on the table.")
    embeddings_constraint: Constraint | None = Field(None, description="Rule for the table.")
    mask_zero: bool = Field(
        False, description="Whether code 0 means that nothing stands there; layers behind skip it."
    )


class Identity(Layer):
    """Passes its input on: a name for a place in a graph."""
