"""Layers that work against overfitting while the model trains, and do nothing after."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nnlab.config.vocabulary.arguments import Seed
from nnlab.config.vocabulary.layers.layer import Layer

Rate = Annotated[float, Field(ge=0, le=1, description="Part of the inputs that is dropped.")]
NoiseShape = Annotated[
    list[Annotated[int, Field(gt=0)] | None] | None,
    Field(
        description="Shape of the mask, the batch first; 1 shares it along an axis; null: as it is."
    ),
]


class Dropout(Layer):
    """Sets random inputs to zero and scales up the rest (Srivastava et al., 2014)."""

    rate: Rate
    noise_shape: NoiseShape = None
    seed: Seed = None


class AlphaDropout(Layer):
    """Dropout that keeps mean and variance: for SELU networks (Klambauer et al., 2017)."""

    rate: Rate
    noise_shape: NoiseShape = None
    seed: Seed = None


class GaussianDropout(Layer):
    """Multiplies inputs by random numbers around 1 (Srivastava et al., 2014)."""

    rate: Annotated[
        float,
        Field(
            ge=0, le=1, description="As in Dropout: the noise's stddev is sqrt(rate / (1 - rate))."
        ),
    ]
    seed: Seed = None


class GaussianNoise(Layer):
    """Adds random numbers around 0 to its inputs."""

    stddev: float = Field(ge=0, le=1, description="Standard deviation of the noise.")
    seed: Seed = None


class ActivityRegularization(Layer):
    """Adds a penalty on its inputs to the loss, and passes them on."""

    l1: float = Field(0.0, ge=0, description="Strength of the absolute part.")
    l2: float = Field(0.0, ge=0, description="Strength of the squared part.")
