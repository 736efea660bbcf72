"""Initializers of a layer's weights."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from nnlab.config.diagnostics import Issue, issues_error
from nnlab.config.vocabulary.arguments import Seed
from nnlab.config.vocabulary.component import Component


class Initializer(Component):
    """The initial values of a layer's weights (`keras.initializers`)."""

    family: ClassVar[str] = "an initializer"
    example: ClassVar[str] = "he_normal"


class Zeros(Initializer):
    """All zeros. As a kernel's initializer, it keeps the units of a layer identical."""

    aliases: ClassVar[tuple[str, ...]] = ("zero",)


class Ones(Initializer):
    """All ones. As a kernel's initializer, it keeps the units of a layer identical."""

    aliases: ClassVar[tuple[str, ...]] = ("one",)


class Constant(Initializer):
    """A constant. As a kernel's initializer, it keeps the units of a layer identical."""

    value: float = Field(0.0, description="The constant.")


class Identity(Initializer):
    """The identity matrix: the layer initially returns its input. For kernels only."""

    aliases: ClassVar[tuple[str, ...]] = ("IdentityInitializer",)

    gain: float = Field(1.0, description="Factor of the matrix.")


class RandomNormal(Initializer):
    """Normal distribution with fixed standard deviation."""

    aliases: ClassVar[tuple[str, ...]] = ("normal",)

    mean: float = Field(0.0, description="Mean.")
    stddev: float = Field(0.05, ge=0, description="Standard deviation.")
    seed: Seed = None


class TruncatedNormal(Initializer):
    """Normal distribution truncated at two standard deviations."""

    mean: float = Field(0.0, description="Mean.")
    stddev: float = Field(0.05, ge=0, description="Standard deviation before truncation.")
    seed: Seed = None


class RandomUniform(Initializer):
    """Uniform distribution between two bounds."""

    aliases: ClassVar[tuple[str, ...]] = ("uniform",)

    minval: float = Field(-0.05, description="Lower bound.")
    maxval: float = Field(0.05, description="Upper bound.")
    seed: Seed = None

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        if self.minval > self.maxval:
            message = (
                f"Expected minval <= maxval. Received: minval={self.minval}, maxval={self.maxval}."
            )
            raise issues_error([Issue(("minval",), message, "Swap them.")])
        return self


class VarianceScaling(Initializer):
    """Random weights of variance scale / n; includes Glorot, He and LeCun."""

    scale: float = Field(1.0, gt=0, description="Factor of the variance.")
    mode: Literal["fan_in", "fan_out", "fan_avg"] = Field(
        "fan_in", description="Definition of n: inputs or outputs of the layer, or their average."
    )
    distribution: Literal["normal", "truncated_normal", "untruncated_normal", "uniform"] = Field(
        "truncated_normal", description="Distribution; normal is truncated_normal."
    )
    seed: Seed = None


class GlorotNormal(Initializer):
    """Truncated normal, stddev sqrt(2 / (fan_in + fan_out)): for tanh (Glorot and Bengio, 2010)."""

    seed: Seed = None


class GlorotUniform(Initializer):
    """Uniform, limit sqrt(6 / (fan_in + fan_out)): for tanh (Glorot and Bengio, 2010)."""

    seed: Seed = None


class HeNormal(Initializer):
    """Truncated normal, stddev sqrt(2 / fan_in): for ReLU (He et al., 2015)."""

    seed: Seed = None


class HeUniform(Initializer):
    """Uniform, limit sqrt(6 / fan_in): for ReLU (He et al., 2015)."""

    seed: Seed = None


class LecunNormal(Initializer):
    """Truncated normal, stddev sqrt(1 / fan_in): for SELU (LeCun et al., 1998)."""

    seed: Seed = None


class LecunUniform(Initializer):
    """Uniform, limit sqrt(3 / fan_in) (LeCun et al., 1998)."""

    seed: Seed = None


class Orthogonal(Initializer):
    """A random matrix with orthonormal rows or columns; for kernels only (Saxe et al., 2013)."""

    aliases: ClassVar[tuple[str, ...]] = ("OrthogonalInitializer",)

    gain: float = Field(1.0, description="Factor of the matrix.")
    seed: Seed = None
