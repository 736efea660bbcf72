"""Which values a figure can have at all, by its name."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

# Shares of the rows, or of pairs of them.
_SHARES = (
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
_SHORT_ERRORS = frozenset({"mae", "mse", "mape", "msle", "rmse"})


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest value that there can be.

    Args:
        low: The least.
        high: The greatest.
    """

    low: float = -math.inf
    high: float = math.inf

    def holds(self, values: Iterable[float]) -> bool:
        """Whether all of some values lie in it.

        Args:
            values: The values.
        """
        return all(self.low <= value <= self.high for value in values)

    @property
    def of_differences(self) -> Bounds:
        """The range of what two values differ by."""
        return Bounds(self.low - self.high, self.high - self.low)

    @property
    def words(self) -> str:
        """The bounds that there are, in words; empty where there are none."""
        return " and ".join(f"{end:g}" for end in (self.low, self.high) if math.isfinite(end))


ANY = Bounds()
"""Of what nothing is known of: a loss may lie below 0, as that of cosine similarity does."""


def is_share(metric: str) -> bool:
    """Whether a metric is a share of the rows, told in percent.

    Args:
        metric: Its name.

    Example:
        >>> is_share("test_accuracy"), is_share("val_loss")
        (True, False)
    """
    return any(share in metric for share in _SHARES)


def metric_range(metric: str) -> Bounds:
    """Which values a metric can have.

    Args:
        metric: Its name.

    Example:
        >>> metric_range("val_accuracy"), metric_range("test_mae"), metric_range("loss")
        (Bounds(low=0.0, high=1.0), Bounds(low=0.0, high=inf), Bounds(low=-inf, high=inf))
    """
    if is_share(metric):
        return Bounds(0.0, 1.0)
    if any(word in metric for word in _ERRORS) or _SHORT_ERRORS & set(metric.split("_")):
        return Bounds(low=0.0)
    if any(word in metric for word in _CORRELATIONS):
        return Bounds(-1.0, 1.0)
    return Bounds(high=1.0) if "r2_score" in metric else ANY
