"""Regularization layers, active during training only."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nnlab.config.vocabulary.arguments import Seed
from nnlab.config.vocabulary.layers import Layer

Rate = Annotated[float, Field(ge=0, le=1, description="Fraction of the inputs to drop.")]
NoiseShape = Annotated[
    list[Annotated[int, Field(gt=0)] | None] | None,
    Field(description="Shape of the mask, with the batch; 1: shared axis; null: as the input."),
]


class Dropout(Layer):
    """Sets random inputs to zero and scales the others up (Srivastava et al., 2014)."""

    rate: Rate
    noise_shape: NoiseShape = None
    seed: Seed = None


class AlphaDropout(Layer):
    """Dropout that preserves mean and variance, for SELU (Klambauer et al., 2017)."""

    rate: Rate
    noise_shape: NoiseShape = None
    seed: Seed = None


class GaussianDropout(Layer):
    """Multiplies inputs by Gaussian noise around 1 (Srivastava et al., 2014)."""

    rate: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Rate as in Dropout; the standard deviation is sqrt(rate / (1 - rate)).",
        ),
    ]
    seed: Seed = None


class GaussianNoise(Layer):
    """Adds Gaussian noise to its inputs."""

    stddev: float = Field(ge=0, le=1, description="Standard deviation of the noise.")
    seed: Seed = None


class ActivityRegularization(Layer):
    """Adds a penalty on its inputs to the loss."""

    l1: float = Field(0.0, ge=0, description="Strength of the L1 penalty.")
    l2: float = Field(0.0, ge=0, description="Strength of the L2 penalty.")
