"""Initializers: what a layer's weights are before the first step."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from nnlab.config.words.word import Word


class Initializer(Word):
    """How a layer's weights start (`keras.initializers`)."""

    family: ClassVar[str] = "an initializer"


class Zeros(Initializer):
    """All zeros. As a kernel's start it keeps every unit of a layer equal for ever."""


class HeNormal(Initializer):
    """Truncated normal, standard deviation sqrt(2 / fan_in): for ReLU layers (He et al., 2015)."""

    seed: int | None = Field(None, description="Seed of its own; None: from the experiment's seed.")


class GlorotUniform(Initializer):
    """Uniform, limit sqrt(6 / (fan_in + fan_out)): for tanh and sigmoid layers (Glorot and Bengio, 2010)."""

    seed: int | None = Field(None, description="Seed of its own; None: from the experiment's seed.")


class Constant(Initializer):
    """One constant everywhere."""

    value: float = Field(0.0, description="The constant.")
