"""Losses that ask how far outputs are from targets."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from nnlab.config.vocabulary.losses.loss import Loss, LossName, Reduction


class MeanSquaredError(Loss):
    """Mean of the squared errors."""

    aliases: ClassVar[tuple[str, ...]] = ("mse", "MSE")

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "mean_squared_error"


class MeanAbsoluteError(Loss):
    """Mean of the errors' absolute values: outliers count less than squared."""

    aliases: ClassVar[tuple[str, ...]] = ("mae", "MAE")

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "mean_absolute_error"


class MeanAbsolutePercentageError(Loss):
    """Mean of the errors' absolute values, in percent of the targets."""

    aliases: ClassVar[tuple[str, ...]] = ("mape", "MAPE")

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "mean_absolute_percentage_error"


class MeanSquaredLogarithmicError(Loss):
    """Mean squared error of log(1 + value): for positive targets of many sizes."""

    aliases: ClassVar[tuple[str, ...]] = ("msle", "MSLE")

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "mean_squared_logarithmic_error"


class CosineSimilarity(Loss):
    """The angle between target and output: -1 for one direction, 0 for a right angle."""

    axis: Literal[-1, 1] = Field(-1, description="The axis of the vectors.")
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "cosine_similarity"

    @property
    def compares_units(self) -> bool:
        """One unit has a sign, but no direction."""
        return True


class LogCosh(Loss):
    """log(cosh(error)): squared for small errors, absolute for large ones."""

    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "log_cosh"


class Huber(Loss):
    """Squared for errors up to delta, linear beyond: outliers count less (Huber, 1964)."""

    delta: float = Field(1.0, gt=0, description="Where squared turns into linear.")
    reduction: Reduction = "sum_over_batch_size"
    name: LossName = "huber_loss"
