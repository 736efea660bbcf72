"""The families of arguments: constraints, regularizers, learning-rate schedules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from nnlab.config.vocabulary.component import Component


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
