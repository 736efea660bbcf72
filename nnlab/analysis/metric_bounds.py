"""The range of possible values of a metric, derived from its name."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

# Fractions of the rows, or of pairs of rows.
_FRACTIONS = (
    "accuracy",
    "precision",
    "recall",
    "specificity",
    "sensitivity",
    "auc",
    "f1_score",
    "fbeta_score",
    "io_u",
    "iou",
)
_CORRELATIONS = ("correlation", "cosine_similarity")
_ERRORS = ("error", "hinge", "crossentropy")
_ERROR_ABBREVIATIONS = frozenset({"mae", "mse", "mape", "msle", "rmse"})


@dataclass(frozen=True)
class Bounds:
    """The smallest and the largest possible value."""

    low: float = -math.inf
    high: float = math.inf

    def contain(self, values: Iterable[float]) -> bool:
        """Return whether all values are within the bounds."""
        return all(self.low <= value <= self.high for value in values)

    @property
    def for_differences(self) -> Bounds:
        """The bounds of the difference of two values."""
        return Bounds(self.low - self.high, self.high - self.low)


# Some losses, such as the cosine similarity, are negative.
UNBOUNDED = Bounds()


def is_fraction(metric: str) -> bool:
    """Return whether a metric is a fraction of the rows, shown in percent."""
    return any(name in metric for name in _FRACTIONS)


def metric_bounds(metric: str) -> Bounds:
    """Return the bounds of a metric's values.

    Example:
        >>> metric_bounds("val_accuracy"), metric_bounds("test_mae"), metric_bounds("loss")
        (Bounds(low=0.0, high=1.0), Bounds(low=0.0, high=inf), Bounds(low=-inf, high=inf))
    """
    if is_fraction(metric):
        return Bounds(0.0, 1.0)
    if any(name in metric for name in _ERRORS) or _ERROR_ABBREVIATIONS & set(metric.split("_")):
        return Bounds(low=0.0)
    if any(name in metric for name in _CORRELATIONS):
        return Bounds(-1.0, 1.0)
    return Bounds(high=1.0) if "r2_score" in metric else UNBOUNDED
