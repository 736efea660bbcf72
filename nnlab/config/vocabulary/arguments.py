"""Arguments of the classes: constraints, regularizers, schedules, and types that several share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.unions import ShapeUnion


class Constraint(Component):
    """A constraint on weights, applied after each step (`keras.constraints`)."""

    family: ClassVar[str] = "a constraint"
    example: ClassVar[str] = "MaxNorm: 2"
    files: ClassVar[Mapping[str, str]] = {"constraints": "MaxNorm NonNeg UnitNorm MinMaxNorm"}


class Regularizer(Component):
    """A penalty on weights, added to the loss (`keras.regularizers`)."""

    family: ClassVar[str] = "a regularizer"
    example: ClassVar[str] = "L2: 0.01"
    files: ClassVar[Mapping[str, str]] = {"regularizers": "L1 L2 L1L2 OrthogonalRegularizer"}


class Schedule(Component):
    """The learning rate as a function of the step (`keras.optimizers.schedules`)."""

    family: ClassVar[str] = "a learning-rate schedule"
    example: ClassVar[str] = "CosineDecay: {initial_learning_rate: 0.1, decay_steps: 1000}"
    files: ClassVar[Mapping[str, str]] = {
        "schedules": (
            "ExponentialDecay InverseTimeDecay PolynomialDecay PiecewiseConstantDecay "
            "CosineDecay CosineDecayRestarts"
        )
    }


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
FromLogits = Annotated[
    bool, Field(description="Whether outputs are logits, without sigmoid or softmax.")
]
LabelSmoothing = Annotated[
    Fraction, Field(description="Label smoothing: how far targets move from 0 and 1 to the middle.")
]
IgnoreClass = Annotated[int | None, Field(description="Class to ignore; None: no class.")]
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
