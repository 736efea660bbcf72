"""Means and medians with confidence intervals, paired significance tests, bounds of metrics.

Student, "The probable error of a mean" (1908); Holm, "A simple sequentially rejective multiple test
procedure" (1979); for the median Conover, "Practical Nonparametric Statistics", 3rd ed. (1999),
section 3.2.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from statistics import fmean, stdev

CONFIDENCE_LEVEL = 0.95

_MIN_VALUES = 2
# Two accuracies on few rows are often equal by chance.
_MIN_EQUAL_VALUES = 3
# Smallest significant mean difference, in standard deviations of the differences: above the first
# value, more seeds are recommended, as many as reduce it to the second.
_MAX_DETECTABLE_EFFECT, _TARGET_EFFECT = 3.0, 2.0
_MIN_REQUIRED_SEEDS = 5
# Metrics are computed in float32: differences below this fraction of their size are rounding.
_RELATIVE_ROUNDING = 2.0**-22
_P_TOLERANCE = 1e-9
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


@dataclass(frozen=True)
class Mean:
    """The mean of some values.

    Args:
        value: The mean.
        low: The lower end of its 95 % interval. None for a single value, and for two equal values,
            whose variance is unknown.
        high: The upper end.
        count: The number of values.
    """

    value: float
    low: float | None
    high: float | None
    count: int

    @property
    def is_exact(self) -> bool:
        """Whether all values are equal, so the interval is a point."""
        return self.low is not None and self.low == self.high


@dataclass(frozen=True)
class Median:
    """The median of some values.

    Args:
        value: The median.
        low: The lower end of its 95 % interval. None for fewer than six values.
        high: The upper end.
        count: The number of values.
    """

    value: float
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True)
class PairedTest:
    """A paired test of a difference of means.

    Args:
        difference: The mean of the paired differences.
        p_value: The probability of a difference at least as large by chance alone. None if the
            variance is unknown.
        adjusted_p: The p-value with Holm's correction for all simultaneous tests.
    """

    difference: Mean
    p_value: float | None
    adjusted_p: float | None = None

    @property
    def is_significant(self) -> bool:
        """Whether the corrected p-value is 0.05 or less."""
        return (
            self.adjusted_p is not None and self.adjusted_p <= 1 - CONFIDENCE_LEVEL + _P_TOLERANCE
        )


def mean(values: Sequence[float], bounds: Bounds = UNBOUNDED) -> Mean:
    """Compute the mean of values with its 95 % interval, by Student's t.

    The interval is clipped to the bounds. As the true mean is within them, clipping does not reduce
    the coverage.

    Args:
        values: One or more finite values, such as one per seed.
        bounds: The possible values; ignored if any value is outside. Defaults to unbounded.

    Returns:
        The mean.

    Example:
        >>> accuracy = mean([0.90, 0.92, 0.94])
        >>> round(accuracy.value, 3), round(accuracy.low, 3), round(accuracy.high, 3)
        (0.92, 0.87, 0.97)
        >>> mean([0.90, 1.00], Bounds(0, 1)).high
        1
    """
    from scipy.stats import t

    size = len(values)
    center = fmean(values)
    spread = stdev(values) if size >= _MIN_VALUES else 0.0
    if is_rounding_error(spread, values):
        spread = 0.0
    if not spread and size < _MIN_EQUAL_VALUES:
        return Mean(center, None, None, size)
    margin = float(t.ppf((1 + CONFIDENCE_LEVEL) / 2, size - 1)) * spread / math.sqrt(size)
    low, high = center - margin, center + margin
    if bounds.contain(values):
        low, high = max(low, bounds.low), min(high, bounds.high)
    return Mean(center, low, high, size)


def median(values: Sequence[float]) -> Median:
    """Compute the median of values with its 95 % interval, by binomial order statistics.

    The interval does not assume a normal distribution, which times do not follow: delays only make
    them longer. It is that of SciPy's quantile test; both ends are among the values.

    Args:
        values: One or more finite values, such as times of the same work.

    Returns:
        The median; without an interval for fewer than six values.

    Example:
        >>> median([1.0, 1.1, 1.0, 1.2, 1.1, 1.0, 9.0])
        Median(value=1.1, low=1.0, high=9.0, count=7)
        >>> median([1.0, 1.2])
        Median(value=1.1, low=None, high=None, count=2)
    """
    from scipy.stats import quantile_test

    low, high = quantile_test(values, p=0.5).confidence_interval(CONFIDENCE_LEVEL)
    center = float(statistics.median(values))
    if math.isnan(low) or math.isnan(high):
        return Median(center, None, None, len(values))
    return Median(center, float(low), float(high), len(values))


def paired_test(
    values: Mapping[int, float], baseline: Mapping[int, float], bounds: Bounds = UNBOUNDED
) -> PairedTest | None:
    """Test whether values differ from a baseline: Student's paired t-test, two-sided.

    If the difference is the same for each of three or more seeds, the p-value is 0, or 1 if it is
    zero.

    Args:
        values: Finite values by seed.
        baseline: Finite values by seed.
        bounds: The possible values, see `mean`. Defaults to unbounded.

    Returns:
        The test over the common seeds; None if there are none.

    Example:
        >>> test = paired_test({1: 0.95, 2: 0.97, 3: 0.96}, {1: 0.90, 2: 0.91, 3: 0.92})
        >>> round(test.difference.value, 3), round(test.p_value, 3)
        (0.05, 0.013)
    """
    from scipy.stats import ttest_rel

    pairs = [(values[seed], baseline[seed]) for seed in values if seed in baseline]
    if not pairs:
        return None
    differences = [
        0.0 if is_rounding_error(value - base, (value, base)) else value - base
        for value, base in pairs
    ]
    difference = mean(differences, bounds.for_differences)
    # Differences that cancel out leave a rounding error.
    if is_rounding_error(difference.value, [*values.values(), *baseline.values()]):
        difference = replace(difference, value=0.0)
    if difference.low is None:
        return PairedTest(difference, None)
    if difference.is_exact:
        return PairedTest(difference, 0.0 if difference.value else 1.0)
    return PairedTest(difference, float(ttest_rel(*zip(*pairs, strict=True)).pvalue))


def with_holm(tests: Sequence[PairedTest]) -> list[PairedTest]:
    """Correct the p-values of simultaneous tests by Holm's method.

    Args:
        tests: The tests. Those without a p-value are not counted.

    Returns:
        The tests in the same order, with their adjusted p-values.

    Example:
        >>> tests = [PairedTest(Mean(0.1, 0.0, 0.2, 5), p) for p in (0.01, 0.04)]
        >>> [test.adjusted_p for test in with_holm(tests)]
        [0.02, 0.04]
    """
    p_values = [test.p_value for test in tests if test.p_value is not None]
    if not p_values:
        return list(tests)
    from statsmodels.stats.multitest import multipletests

    adjusted = iter(multipletests(p_values, alpha=1 - CONFIDENCE_LEVEL, method="holm")[1])
    return [
        test if test.p_value is None else replace(test, adjusted_p=float(next(adjusted)))
        for test in tests
    ]


def required_seeds(seeds: int, tests: int) -> int | None:
    """Return the recommended number of seeds if the given number is too small, else None.

    It is too small if only a mean difference of more than 3 standard deviations of the paired
    differences would be significant, with Bonferroni's correction: the smallest significant one is
    9 standard deviations with 2 seeds, 2.5 with 3, 1.2 with 5.

    Example:
        >>> required_seeds(2, 1), required_seeds(3, 1), required_seeds(3, 12), required_seeds(5, 12)
        (5, None, 7, None)
    """
    if seeds >= _MIN_VALUES and _detectable_effect(seeds, tests) <= _MAX_DETECTABLE_EFFECT:
        return None
    return next(
        n
        for n in count(max(seeds + 1, _MIN_REQUIRED_SEEDS))
        if _detectable_effect(n, tests) <= _TARGET_EFFECT
    )


def _detectable_effect(seeds: int, tests: int) -> float:
    """Return the smallest significant mean difference, in standard deviations."""
    from scipy.stats import t

    tail = (1 - CONFIDENCE_LEVEL) / max(tests, 1) / 2
    return float(t.isf(tail, seeds - 1)) / math.sqrt(seeds)


def is_rounding_error(amount: float, values: Iterable[float]) -> bool:
    """Return whether an amount is within the float32 rounding of the values.

    Example:
        >>> is_rounding_error(3e-8, [0.775, 0.825]), is_rounding_error(1e-5, [0.775, 0.825])
        (True, False)
    """
    return abs(amount) <= _RELATIVE_ROUNDING * max(map(abs, values))


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


def is_fraction(metric: str) -> bool:
    """Return whether a metric is a fraction of the rows, shown in percent."""
    return any(name in metric for name in _FRACTIONS)
