"""Activation functions: plain names, the same wherever Keras takes one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from nnlab.config.vocabulary.unions import ShapeUnion

# Not here: `glu` halves the width behind Keras' back, `threshold` needs arguments.
ActivationName = Literal[
    "celu",
    "elu",
    "exponential",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
]


Seed = Annotated[
    int | None, Field(ge=0, description="A seed of its own; None: one from the experiment's seed.")
]
Axes = Annotated[int | list[int], ShapeUnion()]
Fraction = Annotated[float, Field(ge=0, le=1)]
Epsilon = Annotated[float, Field(ge=0, description="Small number that guards a division by zero.")]
Name = Annotated[str, Field(min_length=1)]
# Outputs have two axes, rows and units: along any other Keras fails, or gives figures of nothing.
ClassAxis = Annotated[
    Literal[-1, 1], Field(description="The axis of the classes: behind the rows is but one.")
]
ComparedAxis = Annotated[
    Literal[-1, 0, 1],
    Field(description="The axis compared: -1, the units of each row; 0, the rows of each batch."),
]
