"""Sentences about comparisons: who beats whom, by how much, and when nothing is said."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pytest

from nnlab.analysis.comparability import MetricSpec
from nnlab.analysis.variants import VariantRuns, VariantTable, variant_table
from nnlab.config.direction import Direction
from nnlab.report.comparison.verdict import headline, seeds_to_take, verdict
from nnlab.runs import RunRecord, RunStatus

DIRECTIONS: dict[str, Direction] = {"accuracy": "max", "mae": "min"}


def table(metric: str = "test_accuracy", **values: Sequence[float]) -> VariantTable:
    """The first variant is the baseline; NaN stands for a run that failed."""
    return _table(metric, values, MetricSpec())


def unlike(variants: Mapping[str, str], **values: Sequence[float]) -> VariantTable:
    """A table of losses, some of which mean another thing than the baseline's."""
    return _table("test_loss", values, MetricSpec(variants))


def _table(metric: str, values: Mapping[str, Sequence[float]], meaning: MetricSpec) -> VariantTable:
    variants = [
        VariantRuns(name, {}, {seed: _run(metric, value) for seed, value in enumerate(column)})
        for name, column in values.items()
    ]
    seeds = range(max(map(len, values.values())))
    return variant_table(metric, next(iter(values)), seeds, variants, meaning)


def _run(metric: str, value: float) -> RunRecord:
    status = RunStatus.COMPLETE if math.isfinite(value) else RunStatus.FAILED
    ended = "2026-11-21T03:15:00.000000Z"
    return RunRecord(
        "1", "a", status, finished=ended, metrics={metric: value}, directions=DIRECTIONS
    )


WEAK, STRONG = [0.850, 0.853, 0.848, 0.851, 0.852], [0.961, 0.966, 0.964, 0.963, 0.965]
ALIKE = [0.852, 0.851, 0.849, 0.854, 0.849]
DEAD = [math.nan] * 5


def test_points_for_shares_with_interval_and_seeds() -> None:
    found = headline(table(random_normal=WEAK, glorot=STRONG))
    assert found == "glorot beats random_normal by 11.3 points, 95 % interval 11.1 to 11.5, 5 seeds"


def test_the_winner_is_named_first_whoever_is_the_baseline() -> None:
    found = headline(table(glorot=STRONG, random_normal=WEAK))
    assert found == "glorot beats random_normal by 11.3 points, 95 % interval 11.1 to 11.5, 5 seeds"


@pytest.mark.parametrize(
    "columns", [{"mse": STRONG, "huber": WEAK}, {"huber": WEAK, "mse": STRONG}]
)
def test_less_is_better_of_an_error(columns: Mapping[str, Sequence[float]]) -> None:
    found = headline(table("test_mae", **columns))
    assert found == (
        "huber beats mse by 0.1130 in test_mae, 95 % interval 0.1107 to 0.1153, 5 seeds"
    )


def test_what_chance_may_have_made_is_no_difference() -> None:
    found = headline(table(plain=WEAK, other=ALIKE))
    assert found.startswith("no difference shown: other is 0.02 points ahead of plain, 95 % int")
    assert " -0.3 to 0.3, 5 seeds" in found


def test_equal_on_average_is_not_equal_at_each_seed() -> None:
    found = headline(table(a=[0.5, 0.6, 0.7], b=[0.6, 0.5, 0.7]))
    assert found.startswith("no difference shown: b and a are equal on average, 95 % interval")


def test_the_same_at_each_seed() -> None:
    assert headline(table(zeros=[0.5] * 3, glorot=[1.0] * 3)) == (
        "glorot beats zeros by 50.0 points at each of 3 seeds"
    )
    assert headline(table(a=WEAK, b=WEAK)) == "b and a are equal at each of 5 seeds"


def test_one_seed_tells_nothing_of_chance() -> None:
    found = headline(table(a=[0.5], b=[0.75]))
    assert found == (
        "b is 25.0 points ahead of a at one seed, which tells nothing of chance: take 5 (--seeds 5)"
    )
    several = headline(table(a=[0.5], b=[0.75], c=[0.6]))
    assert several == "nothing is shown: one seed tells nothing of chance: take 5 (--seeds 5)"


def test_few_seeds_that_show_nothing_are_told_with_the_remedy() -> None:
    found = headline(table(a=[0.5, 0.6], b=[0.9, 0.7]))
    assert found == (
        "no difference shown: b is 25.0 points ahead of a, 95 % interval -100.0 to 100.0, 2 seeds; "
        "so few can hardly show a difference: take 5 (--seeds 5)"
    )
    several = headline(table(a=[0.5, 0.6], b=[0.9, 0.7], c=[0.5, 0.7]))
    assert several.endswith("2 seeds; so few can hardly show one: take 5 (--seeds 5)")
    assert seeds_to_take(table(a=WEAK, b=ALIKE)) is None
    assert seeds_to_take(table(a=WEAK[:2], b=STRONG[:2])) is None


def test_the_same_at_two_seeds_may_be_chance() -> None:
    found = verdict(both := table(a=[0.5, 0.5], b=[0.75, 0.75]), both.row("b"))
    assert found == "no difference shown: b is 25.0 points ahead of a at each of 2 seeds"
    assert headline(table(a=WEAK[:2], b=WEAK[:2])) == "b and a are equal at each of 2 seeds"


def test_a_baseline_with_a_long_name_is_not_named_in_every_sentence_of_a_list() -> None:
    long = table("test_accuracy", **{"units=64,optimizer=adam": WEAK, "b": STRONG})
    listed = verdict(long, long.row("b"), is_listed=True)
    assert listed.startswith("b beats the baseline by 11.3 points")
    assert headline(long).startswith("b beats units=64,optimizer=adam by 11.3 points")


def test_those_that_are_as_good_as_the_best_are_named() -> None:
    found = headline(table(a=WEAK, b=STRONG, c=STRONG[::-1], d=ALIKE))
    assert found.startswith("b beats a by 11.3 points")
    assert found.endswith("5 seeds; c is as good on average")


def test_seeds_are_those_that_the_test_rests_on() -> None:
    found = headline(table(he=STRONG[:4], a=[math.nan, *WEAK[1:4]], b=DEAD[:4], c=DEAD[:4]))
    assert (
        found == "no variant is shown to beat he, which beats a, 3 seeds; all runs of b, c failed"
    )


def test_without_a_run_of_any_other_there_is_nothing_to_compare() -> None:
    found = headline(table(a=WEAK, b=DEAD, c=DEAD))
    assert found == "nothing to compare with a; all runs of b, c failed"


def test_of_several_the_best_that_is_shown_to_be_better() -> None:
    middle = [value + 0.05 for value in WEAK]
    found = headline(table(a=WEAK, b=middle, c=STRONG, d=ALIKE))
    assert found.startswith("c beats a by 11.3 points")


def test_a_baseline_that_nothing_beats() -> None:
    found = headline(table(a=STRONG, b=WEAK, c=STRONG))
    assert found == "no variant is shown to beat a, which beats b, 5 seeds"
    assert headline(table(a=WEAK, b=ALIKE, c=WEAK)) == (
        "no difference to a shown in any variant, 5 seeds"
    )


def test_what_one_test_alone_would_show_is_not_shown_among_several() -> None:
    better = [value + more for value, more in zip(WEAK, [0.02, 0.01, 0.03, 0.0, 0.02], strict=True)]
    assert headline(table(a=WEAK, b=better)).startswith("b beats a by 1.6 points")
    both = table(a=WEAK, b=better, c=ALIKE)
    assert verdict(both, both.row("b")).startswith(
        "no difference shown among 2 tests: b is 1.6 points ahead of a, 95 % interval 0.2 to 3.0"
    )


def test_failed_runs_are_told() -> None:
    found = headline(table(a=WEAK, b=[*STRONG[:3], math.nan, math.nan]))
    assert found.startswith("b beats a by 11.3 points")
    assert found.endswith("3 seeds; 2 of 5 runs of b failed")


def test_nothing_is_said_against_a_variant_without_a_complete_run() -> None:
    dead = table(a=DEAD, b=STRONG, c=WEAK)
    assert headline(dead) == (
        "all 5 runs of a failed; best of the others is b with a mean test_accuracy of 0.9638"
    )
    assert verdict(dead, dead.row("b")) == "all 5 runs of a failed; b completes 5 of 5 runs"
    assert verdict(table(a=STRONG, b=DEAD), table(a=STRONG, b=DEAD).row("b")) == (
        "all 5 runs of b failed: nothing to compare with a"
    )


def test_nothing_is_said_before_all_runs_have_come_to_an_end() -> None:
    found = table(a=WEAK, b=STRONG[:2], c=STRONG)
    assert headline(found) == "not done: 12 of 15 runs"
    assert verdict(found, found.row("b")) == "not done: 7 of 10 runs"
    assert verdict(found, found.row("c")).startswith("c beats a")
    assert seeds_to_take(found) is None


def test_what_means_another_thing_is_not_compared() -> None:
    found = unlike({"b": "different losses"}, a=STRONG, b=WEAK)
    assert headline(found) == "b and a are not compared: different losses"
    assert found.best is None
    found = unlike({"b": "different losses"}, a=STRONG, b=WEAK, c=WEAK)
    assert headline(found).startswith("c beats a by 0.1130 in test_loss")
    assert headline(found).endswith("; not compared: b")
    found = unlike({"b": "different data", "c": "different data"}, a=STRONG, b=WEAK, c=WEAK)
    assert headline(found) == "the variants are not compared: different data"


def test_means_that_differ_by_rounding_are_equal() -> None:
    """As float32 gives them: 0.775 and 0.825, 0.8 and 0.8."""
    found = table(a=[0.7749999761581421, 0.824999988079071], b=[0.800000011920929] * 2)
    assert found.best is None
    assert "b and a are equal on average" in headline(found)
    found = table(
        a=[0.7749999761581421, 0.824999988079071], b=[0.800000011920929] * 2, c=[0.7, 0.7]
    )
    assert [found.is_best(row) for row in found.rows] == [True, True, False]
