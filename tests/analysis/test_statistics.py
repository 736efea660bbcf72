"""Means, intervals, paired tests and Holm's correction, against independent results; bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from nnlab.analysis.statistics import (
    UNBOUNDED,
    Bounds,
    Mean,
    PairedTest,
    is_fraction,
    mean,
    metric_bounds,
    paired_test,
    required_seeds,
    with_holm,
)


def test_interval_is_that_of_students_t() -> None:
    # Student's table: t(0.975, 4 degrees) is 2.776.
    result = mean([1.0, 2.0, 3.0, 4.0, 5.0])
    half = 2.776 * math.sqrt(2.5 / 5)
    assert result.value == 3.0
    assert result.low == pytest.approx(3 - half, abs=1e-3)
    assert result.high == pytest.approx(3 + half, abs=1e-3)


def test_one_value_has_no_interval() -> None:
    assert mean([0.5]) == Mean(0.5, None, None, 1)
    assert not mean([0.5]).is_exact


def test_interval_of_equal_values_is_a_point() -> None:
    assert mean([0.1, 0.1, 0.1]).is_exact
    assert mean([0.1 + 0.2, 0.3, 0.3]).is_exact


def test_two_equal_values_have_no_interval() -> None:
    assert mean([0.8, 0.8]) == Mean(0.8, None, None, 2)
    result = paired_test({1: 0.8, 2: 0.9}, {1: 0.7, 2: 0.8})
    assert result is not None
    assert result.p_value is None


def test_interval_is_clipped_to_the_bounds() -> None:
    fraction = Bounds(0.0, 1.0)
    wide = mean([0.2, 0.9], fraction)
    assert (wide.low, wide.high) == (0.0, 1.0)
    # A value outside shows that the bounds do not apply.
    assert mean([0.50, 0.51, 0.52], fraction) == mean([0.50, 0.51, 0.52])
    assert mean([0.5, 3.0], fraction) == mean([0.5, 3.0])
    result = paired_test({1: 0.9, 2: 0.3}, {1: 0.1, 2: 0.2}, fraction)
    assert result is not None
    assert (result.difference.low, result.difference.high) == (-1.0, 1.0)


def test_clipping_does_not_reduce_the_coverage() -> None:
    random = np.random.default_rng(5)
    samples = random.beta(4.0, 0.5, size=(2000, 3))
    covered = []
    for bounds in (Bounds(), Bounds(0.0, 1.0)):
        means = [mean(values, bounds) for values in samples.tolist()]
        covered.append([m.low <= 4 / 4.5 <= m.high for m in means if m.low is not None and m.high])
    assert covered[0] == covered[1]


def test_more_seeds_are_required_if_only_huge_effects_are_significant() -> None:
    # With one degree of freedom, t(0.975) / sqrt(2) is 9.
    assert required_seeds(1, 1) == required_seeds(2, 1) == 5
    assert required_seeds(3, 1) is None
    assert required_seeds(3, 12) == 7
    assert required_seeds(5, 12) is None


def test_intervals_cover_the_true_mean_in_95_percent_of_samples() -> None:
    random = np.random.default_rng(3)
    samples = random.normal(7.0, 2.0, size=(2000, 5))
    covered = [m.low <= 7.0 <= m.high for m in map(mean, samples.tolist()) if m.low and m.high]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)


def test_paired_test_is_that_of_scipy_on_the_common_seeds() -> None:
    values = {1: 0.91, 2: 0.95, 3: 0.93, 4: 0.99}
    baseline = {2: 0.92, 3: 0.94, 1: 0.90, 9: 0.1}
    result = paired_test(values, baseline)
    expected = stats.ttest_rel([0.91, 0.95, 0.93], [0.90, 0.92, 0.94])
    assert result is not None
    assert result.p_value == pytest.approx(expected.pvalue)
    assert result.difference.count == 3
    assert result.difference.value == pytest.approx(0.01)
    low, high = expected.confidence_interval(0.95)
    assert (result.difference.low, result.difference.high) == pytest.approx((low, high))


def test_pairing_removes_the_variation_over_seeds() -> None:
    base = dict(enumerate([0.50, 0.60, 0.70, 0.80, 0.90]))
    better = {seed: value + 0.02 + 0.001 * seed for seed, value in base.items()}
    result = paired_test(better, base)
    assert result is not None
    assert result.p_value is not None
    assert result.p_value < 0.001
    assert mean(list(better.values())).low < mean(list(base.values())).high  # type: ignore[operator]


@pytest.mark.parametrize(("shift", "p_value"), [(0.5, 0.0), (0.0, 1.0)])
def test_constant_difference_has_a_p_value_of_0_or_1(shift: float, p_value: float) -> None:
    base = {1: 0.1, 2: 0.3, 3: 0.2}
    result = paired_test({seed: value + shift for seed, value in base.items()}, base)
    assert result is not None
    assert result.p_value == p_value
    assert result.difference.is_exact


def test_rounding_errors_are_no_difference() -> None:
    result = paired_test({1: 0.1 + 0.2, 2: 0.7, 3: 0.5}, {1: 0.3, 2: 0.7, 3: 0.5})
    assert result is not None
    assert result.difference.value == 0.0
    assert result.p_value == 1.0


def test_one_common_seed_has_a_difference_but_no_p_value() -> None:
    result = paired_test({1: 0.5, 2: 0.7}, {2: 0.6})
    assert result is not None
    assert result.difference.value == pytest.approx(0.1)
    assert result.p_value is None
    assert not with_holm([result])[0].is_significant
    assert paired_test({1: 0.5}, {2: 0.6}) is None


def test_holm_correction_is_stepwise() -> None:
    # Holm (1979): the smallest p times 4, the next times 3, ..., never falling.
    tests = [PairedTest(Mean(1, 0, 2, 5), p) for p in (0.03, 0.005, 0.04, 0.01)]
    adjusted_p = [test.adjusted_p for test in with_holm(tests)]
    assert adjusted_p == pytest.approx([0.06, 0.02, 0.06, 0.03])
    assert [test.is_significant for test in with_holm(tests)] == [False, True, False, True]


def test_holm_correction_skips_tests_without_p_value() -> None:
    tests = [PairedTest(Mean(1, None, None, 1), None), PairedTest(Mean(1, 0, 2, 5), 0.03)]
    assert [test.adjusted_p for test in with_holm(tests)] == [None, pytest.approx(0.03)]


@pytest.mark.parametrize(
    ("metric", "low", "high"),
    [
        ("val_accuracy", 0, 1),
        ("digit_precision_at_recall", 0, 1),
        ("mean_io_u", 0, 1),
        ("test_mae", 0, math.inf),
        ("root_mean_squared_error", 0, math.inf),
        ("val_cosine_similarity", -1, 1),
        ("r2_score", -math.inf, 1),
        ("loss", -math.inf, math.inf),
        ("learning_rate", -math.inf, math.inf),
    ],
)
def test_bounds_follow_from_the_name(metric: str, low: float, high: float) -> None:
    assert metric_bounds(metric) == Bounds(low, high)


def test_bounds_of_differences() -> None:
    assert metric_bounds("accuracy").for_differences == Bounds(-1, 1)
    assert metric_bounds("mae").for_differences == UNBOUNDED


def test_fractions_are_recognized_by_name() -> None:
    assert is_fraction("test_accuracy")
    assert not is_fraction("val_loss")
