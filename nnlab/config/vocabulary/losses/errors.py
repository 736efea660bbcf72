"""Regression and hinge losses."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from nnlab.config.vocabulary.losses import Encoding, Loss, LossName, Outputs, Reduction


class MeanSquaredError(Loss):
    """Mean of the squared errors."""

    aliases: ClassVar[tuple[str, ...]] = ("mse", "MSE")

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "mean_squared_error"


class MeanAbsoluteError(Loss):
    """Mean absolute error, robust to outliers."""

    aliases: ClassVar[tuple[str, ...]] = ("mae", "MAE")

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "mean_absolute_error"


class MeanAbsolutePercentageError(Loss):
    """Mean absolute error in percent of the targets."""

    aliases: ClassVar[tuple[str, ...]] = ("mape", "MAPE")

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "mean_absolute_percentage_error"


class MeanSquaredLogarithmicError(Loss):
    """Mean squared error of log(1 + value), for positive targets of different magnitudes."""

    aliases: ClassVar[tuple[str, ...]] = ("msle", "MSLE")

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "mean_squared_logarithmic_error"


class CosineSimilarity(Loss):
    """Negative cosine of the angle between target and output."""

    compares_units: ClassVar[bool] = True

    axis: Literal[-1, 1] = Field(-1, description="Axis of the vectors.")
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "cosine_similarity"


class LogCosh(Loss):
    """log(cosh(error)): squared for small errors, absolute for large ones."""

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "log_cosh"


class Huber(Loss):
    """Squared for errors up to delta, linear above: robust to outliers (Huber, 1964)."""

    delta: float = Field(1.0, gt=0, description="Error at which the loss becomes linear.")
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "huber_loss"


class Hinge(Loss):
    """max(0, 1 - target * output), targets -1 and 1, as in support vector machines."""

    outputs: ClassVar[Outputs] = "margin"

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "hinge"


class SquaredHinge(Loss):
    """Square of Hinge: smooth, larger for large errors."""

    outputs: ClassVar[Outputs] = "margin"

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "squared_hinge"


class CategoricalHinge(Loss):
    """Hinge for several classes."""

    targets: ClassVar[Encoding] = "one_hot"
    outputs: ClassVar[Outputs] = "margin"

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "categorical_hinge"
