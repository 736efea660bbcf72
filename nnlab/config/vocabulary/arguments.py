"""Names of activation functions, and types of arguments that several classes share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from nnlab.config.vocabulary.unions import ShapeUnion

# Excluded: `glu` halves the width, which Keras does not track; `threshold` needs arguments.
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
    int | None, Field(ge=0, description="Seed; None: derived from the experiment's seed.")
]
Axes = Annotated[int | list[int], ShapeUnion()]
Fraction = Annotated[float, Field(ge=0, le=1)]
Epsilon = Annotated[float, Field(ge=0, description="Small constant against division by zero.")]
Name = Annotated[str, Field(min_length=1)]
# Outputs have two axes, rows and units: Keras fails for others, or computes meaningless values.
ClassAxis = Annotated[
    Literal[-1, 1], Field(description="Axis of the classes; outputs have one after the rows.")
]
ComparedAxis = Annotated[
    Literal[-1, 0, 1],
    Field(
        description="Axis to compare along: -1, the units of each row; 0, the rows of each batch."
    ),
]
