"""Means and medians with their intervals, and paired differences: what chance could have made.

Student, "The probable error of a mean" (1908); Holm, "A simple sequentially rejective multiple test
procedure" (1979); of a median, Conover, "Practical Nonparametric Statistics", 3rd ed. (1999), 3.2.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from statistics import fmean, stdev

from nnlab.analysis.metric_bounds import ANY, Bounds

LEVEL = 0.95
"""The share of intervals that hold the true value."""

_FEWEST = 2
# Two runs that count right and wrong on few rows are often equal by chance.
_FEWEST_ALIKE = 3
# How many times their own spread the differences must be for a test to show them: above the first
# it can hardly show anything, down to the second is what to aim at.
_HOPELESS, _GOOD = 3.0, 2.0
_USUAL = 5
# Figures are computed in float32: to so much of their size they are the same.
_ROUNDING = 2.0**-22
_LITTLE = 1e-9


@dataclass(frozen=True)
class Mean:
    """The mean of some values.

    Args:
        value: The mean.
        low: The lower end of its 95 % interval; None for a single value, and for two that are the
            same: they tell of no spread.
        high: The upper end.
        count: How many values.
    """

    value: float
    low: float | None
    high: float | None
    count: int

    @property
    def is_exact(self) -> bool:
        """Whether all the values were the same, so that the interval is a point."""
        return self.low is not None and self.low == self.high


@dataclass(frozen=True)
class Median:
    """The median of some values.

    Args:
        value: The median.
        low: The lower end of its 95 % interval; None where there are too few values for one.
        high: The upper end.
        count: How many values.
    """

    value: float
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True)
class PairedTest:
    """How far values are above others that they are paired with.

    Args:
        difference: The mean of the differences.
        p: How likely chance alone makes a difference as large; None where the pairs tell of no
            spread.
        adjusted: The same, with Holm's correction for all the tests that were made together.
    """

    difference: Mean
    p: float | None
    adjusted: float | None = None

    @property
    def is_shown(self) -> bool:
        """Whether chance is unlikely enough to be the reason: at most 5 times in 100."""
        return self.adjusted is not None and self.adjusted <= 1 - LEVEL + _LITTLE


def mean(values: Sequence[float], within: Bounds = ANY) -> Mean:
    """The mean of values with its 95 % interval, by Student's t.

    The interval ends where the range of the values does: the true mean lies in it, so that what is
    cut off held it never, and the rest holds it as often as before.

    Args:
        values: One or more finite values, such as one a seed.
        within: Which values there can be; not heeded where one of the values lies outside.

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
    middle = fmean(values)
    spread = _spread(values) if size >= _FEWEST else 0.0
    if not spread and size < _FEWEST_ALIKE:
        return Mean(middle, None, None, size)
    half = float(t.ppf((1 + LEVEL) / 2, size - 1)) * spread / math.sqrt(size)
    ends = middle - half, middle + half
    if within.holds(values):
        ends = max(ends[0], within.low), min(ends[1], within.high)
    return Mean(middle, *ends, size)


def median(values: Sequence[float]) -> Median:
    """The median of values with its 95 % interval, by binomial order statistics.

    The interval needs no bell curve, which times do not follow: a machine is late now and then and
    never early. It is SciPy's of the quantile test, between two of the values, and takes six of
    them at least.

    Args:
        values: One or more finite values, such as times of the same work.

    Returns:
        The median.

    Example:
        >>> median([1.0, 1.1, 1.0, 1.2, 1.1, 1.0, 9.0])
        Median(value=1.1, low=1.0, high=9.0, count=7)
        >>> median([1.0, 1.2])
        Median(value=1.1, low=None, high=None, count=2)
    """
    from scipy.stats import quantile_test

    low, high = quantile_test(values, p=0.5).confidence_interval(LEVEL)
    known = not (math.isnan(low) or math.isnan(high))
    middle = float(statistics.median(values))
    if not known:
        return Median(middle, None, None, len(values))
    return Median(middle, float(low), float(high), len(values))


def paired_test(
    values: Mapping[int, float], others: Mapping[int, float], within: Bounds = ANY
) -> PairedTest | None:
    """Whether values differ from others, seed by seed: Student's paired t-test, two-sided.

    A difference that is the same at every one of three seeds or more leaves nothing to chance: its
    p is 0, or 1 where there is no difference.

    Args:
        values: Finite values by seed.
        others: Finite values by seed.
        within: Which values there can be, see `mean`.

    Returns:
        The test over the seeds that both have; None where they share none.

    Example:
        >>> test = paired_test({1: 0.95, 2: 0.97, 3: 0.96}, {1: 0.90, 2: 0.91, 3: 0.92})
        >>> round(test.difference.value, 3), round(test.p, 3)
        (0.05, 0.013)
    """
    from scipy.stats import ttest_rel

    seeds = [seed for seed in values if seed in others]
    if not seeds:
        return None
    differences = [_difference(values[seed], others[seed]) for seed in seeds]
    difference = mean(differences, within.of_differences)
    # The mean of differences that cancel out is what rounding left of them.
    sizes = [*values.values(), *others.values()]
    if is_rounding(difference.value, sizes):
        difference = replace(difference, value=0.0)
    if difference.low is None:
        return PairedTest(difference, None)
    if difference.is_exact:
        return PairedTest(difference, 0.0 if difference.value else 1.0)
    tested = ttest_rel([values[seed] for seed in seeds], [others[seed] for seed in seeds])
    return PairedTest(difference, float(tested.pvalue))


def with_holm(tests: Sequence[PairedTest]) -> list[PairedTest]:
    """Tests that were made together, each with the p that allows for their number.

    Args:
        tests: The tests; one without a p is not counted.

    Returns:
        The tests in the same order.

    Example:
        >>> tests = [PairedTest(Mean(0.1, 0.0, 0.2, 5), p) for p in (0.01, 0.04)]
        >>> [test.adjusted for test in with_holm(tests)]
        [0.02, 0.04]
    """
    counted = [test.p for test in tests if test.p is not None]
    if not counted:
        return list(tests)
    from statsmodels.stats.multitest import multipletests

    adjusted = iter(multipletests(counted, alpha=1 - LEVEL, method="holm")[1])
    return [
        test if test.p is None else replace(test, adjusted=float(next(adjusted))) for test in tests
    ]


def required_seeds(seeds: int, tests: int) -> int | None:
    """How many seeds to take where there are too few to show anything but the grossest difference.

    The smallest mean difference that a t-test with Bonferroni's correction would show is so many
    standard deviations of the paired differences: 9 of them with 2 seeds, 2.5 with 3, 1.2 with 5.

    Args:
        seeds: How many there are.
        tests: How many tests are made together.

    Returns:
        The number; None where there are enough.

    Example:
        >>> required_seeds(2, 1), required_seeds(3, 1), required_seeds(3, 12), required_seeds(5, 12)
        (5, None, 7, None)
    """
    if seeds >= _FEWEST and _least_shown(seeds, tests) <= _HOPELESS:
        return None
    return next(n for n in count(max(seeds + 1, _USUAL)) if _least_shown(n, tests) <= _GOOD)


def _least_shown(seeds: int, tests: int) -> float:
    """The smallest mean difference that is shown, in standard deviations of the differences."""
    from scipy.stats import t

    tail = (1 - LEVEL) / max(tests, 1) / 2
    return float(t.isf(tail, seeds - 1)) / math.sqrt(seeds)


def _difference(value: float, other: float) -> float:
    """The difference; 0 where it is of rounding alone."""
    difference = value - other
    return 0.0 if is_rounding(difference, (value, other)) else difference


def is_rounding(amount: float, values: Iterable[float]) -> bool:
    """Whether an amount is what rounding makes of such values, and no difference of theirs.

    Args:
        amount: The amount.
        values: Figures of runs, which are float32.

    Example:
        >>> is_rounding(3e-8, [0.775, 0.825]), is_rounding(1e-5, [0.775, 0.825])
        (True, False)
    """
    return abs(amount) <= _ROUNDING * max(map(abs, values))


def _spread(values: Sequence[float]) -> float:
    """The standard deviation; 0 where the values differ by rounding alone."""
    spread = stdev(values)
    return 0.0 if is_rounding(spread, values) else spread
