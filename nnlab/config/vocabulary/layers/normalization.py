"""Normalization layers."""

from __future__ import annotations

from typing import Self

from pydantic import Field, field_validator, model_validator

from nnlab.config.diagnostics import Issue, issues_error
from nnlab.config.vocabulary.arguments import Axes, Constraint, Epsilon, Regularizer
from nnlab.config.vocabulary.component import Section
from nnlab.config.vocabulary.initializers import Initializer, Ones, Zeros
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.layers.core import Dense, Embedding
from nnlab.text import did_you_mean

_CLIPPING_KEYS = ("rmax", "rmin", "dmax")


class GammaAndBeta(Section):
    """The learned scale and offset of a normalization."""

    center: bool = Field(True, description="Whether to learn the offset beta.")
    scale: bool = Field(True, description="Whether to learn the scale gamma.")
    beta_initializer: Initializer = Field(default_factory=Zeros, description="Initializer of beta.")
    gamma_initializer: Initializer = Field(
        default_factory=Ones, description="Initializer of gamma."
    )
    beta_regularizer: Regularizer | None = Field(None, description="Regularizer of beta.")
    gamma_regularizer: Regularizer | None = Field(None, description="Regularizer of gamma.")
    beta_constraint: Constraint | None = Field(None, description="Constraint on beta.")
    gamma_constraint: Constraint | None = Field(None, description="Constraint on gamma.")


class BatchNormalization(GammaAndBeta, Layer):
    """Normalizes each feature by the mean and variance of the batch (Ioffe and Szegedy, 2015)."""

    axis: int = Field(-1, description="Axis of the features.")
    momentum: float = Field(
        0.99, ge=0, le=1, description="Momentum of the moving mean and variance."
    )
    epsilon: Epsilon = 0.001
    moving_mean_initializer: Initializer = Field(
        default_factory=Zeros, description="Initializer of the moving mean."
    )
    moving_variance_initializer: Initializer = Field(
        default_factory=Ones, description="Initializer of the moving variance."
    )
    renorm: bool = Field(False, description="Whether to use batch renormalization (Ioffe, 2017).")
    renorm_clipping: dict[str, float] | None = Field(
        None, description="Limits of the renormalization: rmax, rmin, dmax."
    )
    renorm_momentum: float = Field(
        0.99, ge=0, le=1, description="Momentum of the moving values of the renormalization."
    )
    synchronized: bool = Field(
        False, description="Whether to synchronize the statistics across devices."
    )

    @field_validator("renorm_clipping")
    @classmethod
    def _clipping_is_valid(cls, clipping: dict[str, float] | None) -> dict[str, float] | None:
        if clipping is None:
            return None
        issues = [
            Issue(
                (key,),
                f"Unknown key `{key}`.",
                did_you_mean(key, _CLIPPING_KEYS, "keys of renorm_clipping"),
                at_key=True,
            )
            for key in clipping
            if key not in _CLIPPING_KEYS
        ]
        if "rmax" in clipping and "rmin" in clipping and clipping["rmax"] < clipping["rmin"]:
            received = f"rmin={clipping['rmin']}, rmax={clipping['rmax']}"
            message = f"Expected rmin <= rmax. Received: {received}."
            issues.append(Issue(("rmin",), message, "Swap them."))
        if clipping.get("dmax", 0.0) < 0:
            issues.append(
                Issue(("dmax",), f"Expected dmax >= 0. Received: dmax={clipping['dmax']}.")
            )
        if issues:
            raise issues_error(issues)
        return clipping

    @model_validator(mode="after")
    def _clipping_has_renorm(self) -> Self:
        if self.renorm_clipping is not None and not self.renorm:
            message = "renorm_clipping has no effect without renorm. Received: renorm=false."
            raise issues_error([Issue(("renorm_clipping",), message, "Set `renorm: true`.")])
        return self


class LayerNormalization(GammaAndBeta, Layer):
    """Normalizes each row by the mean and variance of its features (Ba et al., 2016)."""

    axis: Axes = Field(-1, description="Axis or axes that are normalized together.")
    epsilon: Epsilon = 0.001


class GroupNormalization(GammaAndBeta, Layer):
    """Normalizes each row within groups of features (Wu and He, 2018)."""

    groups: int = Field(
        32, description="Number of groups, which divides the features; -1: one per feature."
    )
    axis: int = Field(-1, description="Axis of the features.")
    epsilon: Epsilon = 0.001

    @field_validator("groups")
    @classmethod
    def _groups_are_valid(cls, groups: int) -> int:
        if groups < 1 and groups != -1:
            message = f"Expected a positive number of groups, or -1. Received: groups={groups}."
            raise issues_error([Issue((), message)])
        return groups


class RMSNormalization(Layer):
    """Divides each row by its root mean square, with a learned scale (Zhang and Sennrich, 2019)."""

    axis: int = Field(-1, description="Axis of the features.")
    epsilon: Epsilon = 1e-6


class UnitNormalization(Layer):
    """Scales each row to length 1."""

    axis: Axes = Field(-1, description="Axis or axes that are normalized.")


class SpectralNormalization(Layer):
    """Normalizes the kernel of a layer to spectral norm 1 (Miyato et al., 2018)."""

    layer: Layer = Field(description="The layer: Dense or Embedding.")
    power_iterations: int = Field(1, gt=0, description="Power iterations per step.")

    @field_validator("layer")
    @classmethod
    def _layer_has_a_kernel(cls, layer: Layer) -> Layer:
        if not isinstance(layer, Dense | Embedding):
            message = f"Expected a layer with a kernel. Received: layer={layer.display_name()}."
            raise issues_error([Issue((), message, "Wrap Dense or Embedding.")])
        return layer
