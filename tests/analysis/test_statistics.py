"""Means, intervals, paired tests, Holm's correction; the figures are worked out elsewhere."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from nnlab.analysis.metric_bounds import Bounds
from nnlab.analysis.statistics import (
    Mean,
    PairedTest,
    mean,
    paired_test,
    required_seeds,
    with_holm,
)


def test_interval_is_students() -> None:
    # Student's table: t(0.975, 4 degrees) is 2.776.
    found = mean([1.0, 2.0, 3.0, 4.0, 5.0])
    half = 2.776 * math.sqrt(2.5 / 5)
    assert found.value == 3.0
    assert found.low == pytest.approx(3 - half, abs=1e-3)
    assert found.high == pytest.approx(3 + half, abs=1e-3)


def test_one_value_has_no_interval() -> None:
    assert mean([0.5]) == Mean(0.5, None, None, 1)
    assert not mean([0.5]).is_exact


def test_values_that_are_all_the_same_have_a_point_for_an_interval() -> None:
    assert mean([0.1, 0.1, 0.1]).is_exact
    assert mean([0.1 + 0.2, 0.3, 0.3]).is_exact


def test_two_values_that_are_the_same_tell_of_no_spread() -> None:
    assert mean([0.8, 0.8]) == Mean(0.8, None, None, 2)
    found = paired_test({1: 0.8, 2: 0.9}, {1: 0.7, 2: 0.8})
    assert found is not None
    assert found.p is None


def test_an_interval_ends_where_the_values_do() -> None:
    share = Bounds(0.0, 1.0)
    wide = mean([0.2, 0.9], share)
    assert (wide.low, wide.high) == (0.0, 1.0)
    # What is inside stays as it is; a value outside shows that the range is not its own.
    assert mean([0.50, 0.51, 0.52], share) == mean([0.50, 0.51, 0.52])
    assert mean([0.5, 3.0], share) == mean([0.5, 3.0])
    found = paired_test({1: 0.9, 2: 0.3}, {1: 0.1, 2: 0.2}, share)
    assert found is not None
    assert (found.difference.low, found.difference.high) == (-1.0, 1.0)


def test_cut_intervals_hold_the_true_mean_as_often() -> None:
    random = np.random.default_rng(5)
    samples = random.beta(4.0, 0.5, size=(2000, 3))
    held = []
    for within in (Bounds(), Bounds(0.0, 1.0)):
        means = [mean(values, within) for values in samples.tolist()]
        held.append([m.low <= 4 / 4.5 <= m.high for m in means if m.low is not None and m.high])
    assert held[0] == held[1]


def test_few_seeds_are_told_with_how_many_to_take() -> None:
    # Two seeds show a difference of nine times its spread, which t-tables say for one degree.
    assert required_seeds(1, 1) == required_seeds(2, 1) == 5
    assert required_seeds(3, 1) is None
    assert required_seeds(3, 12) == 7
    assert required_seeds(5, 12) is None


def test_intervals_hold_the_true_mean_19_times_in_20() -> None:
    random = np.random.default_rng(3)
    samples = random.normal(7.0, 2.0, size=(2000, 5))
    held = [m.low <= 7.0 <= m.high for m in map(mean, samples.tolist()) if m.low and m.high]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


def test_paired_test_is_that_of_scipy_and_takes_common_seeds_alone() -> None:
    ours = {1: 0.91, 2: 0.95, 3: 0.93, 4: 0.99}
    theirs = {2: 0.92, 3: 0.94, 1: 0.90, 9: 0.1}
    found = paired_test(ours, theirs)
    expected = stats.ttest_rel([0.91, 0.95, 0.93], [0.90, 0.92, 0.94])
    assert found is not None
    assert found.p == pytest.approx(expected.pvalue)
    assert found.difference.count == 3
    assert found.difference.value == pytest.approx(0.01)
    low, high = expected.confidence_interval(0.95)
    assert (found.difference.low, found.difference.high) == pytest.approx((low, high))


def test_pairing_shows_what_the_spread_over_seeds_hides() -> None:
    hard = dict(enumerate([0.50, 0.60, 0.70, 0.80, 0.90]))
    easier = {seed: value + 0.02 + 0.001 * seed for seed, value in hard.items()}
    found = paired_test(easier, hard)
    assert found is not None
    assert found.p is not None
    assert found.p < 0.001
    assert mean(list(easier.values())).low < mean(list(hard.values())).high  # type: ignore[operator]


@pytest.mark.parametrize(("by", "p"), [(0.5, 0.0), (0.0, 1.0)])
def test_the_same_difference_at_every_seed_leaves_nothing_to_chance(by: float, p: float) -> None:
    base = {1: 0.1, 2: 0.3, 3: 0.2}
    found = paired_test({seed: value + by for seed, value in base.items()}, base)
    assert found is not None
    assert found.p == p
    assert found.difference.is_exact


def test_rounding_is_no_difference() -> None:
    found = paired_test({1: 0.1 + 0.2, 2: 0.7, 3: 0.5}, {1: 0.3, 2: 0.7, 3: 0.5})
    assert found is not None
    assert found.difference.value == 0.0
    assert found.p == 1.0


def test_one_common_seed_gives_a_difference_and_no_test() -> None:
    found = paired_test({1: 0.5, 2: 0.7}, {2: 0.6})
    assert found is not None
    assert found.difference.value == pytest.approx(0.1)
    assert found.p is None
    assert not with_holm([found])[0].is_shown
    assert paired_test({1: 0.5}, {2: 0.6}) is None


def test_holm_is_stepwise() -> None:
    # Holm (1979): the smallest p times 4, the next times 3, ..., never falling.
    tests = [PairedTest(Mean(1, 0, 2, 5), p) for p in (0.03, 0.005, 0.04, 0.01)]
    adjusted = [test.adjusted for test in with_holm(tests)]
    assert adjusted == pytest.approx([0.06, 0.02, 0.06, 0.03])
    assert [test.is_shown for test in with_holm(tests)] == [False, True, False, True]


def test_holm_passes_over_what_was_not_tested() -> None:
    tests = [PairedTest(Mean(1, None, None, 1), None), PairedTest(Mean(1, 0, 2, 5), 0.03)]
    assert [test.adjusted for test in with_holm(tests)] == [None, pytest.approx(0.03)]
