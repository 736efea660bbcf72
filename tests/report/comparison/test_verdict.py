"""The verdicts of comparisons.

`verdicts.txt` has the verdict of each case below, and of each variant if there are several. After a
change of wording, `python -m tests.report.comparison.test_verdict` regenerates it; read the
difference as a user would.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from nnlab.analysis.comparability import MetricSpec
from nnlab.analysis.variants import VariantRuns, VariantTable, variant_table
from nnlab.config.metrics import Direction
from nnlab.report.comparison.verdict import comparison_verdict, recommended_seeds, variant_verdict
from nnlab.runs import RunRecord, RunStatus

SNAPSHOT = Path(__file__).parent / "verdicts.txt"
DIRECTIONS: dict[str, Direction] = {"accuracy": "max", "mae": "min"}


def table(metric: str = "test_accuracy", **values: Sequence[float]) -> VariantTable:
    """Return a comparison whose baseline is the first variant; NaN is a failed run."""
    return make_table(metric, values, MetricSpec())


def incomparable(reasons: Mapping[str, str], **values: Sequence[float]) -> VariantTable:
    """Return a comparison of losses, some of which cannot be compared to the baseline's."""
    return make_table("test_loss", values, MetricSpec(reasons))


def make_table(
    metric: str, values: Mapping[str, Sequence[float]], metric_spec: MetricSpec
) -> VariantTable:
    variants = [
        VariantRuns(name, {}, {seed: make_run(metric, value) for seed, value in enumerate(column)})
        for name, column in values.items()
    ]
    seeds = range(max(map(len, values.values())))
    return variant_table(metric, next(iter(values)), seeds, variants, metric_spec)


def make_run(metric: str, value: float) -> RunRecord:
    status = RunStatus.COMPLETE if math.isfinite(value) else RunStatus.FAILED
    finished = "2026-11-21T03:15:00.000000Z"
    return RunRecord(
        "1", "a", status, finished=finished, metrics={metric: value}, directions=DIRECTIONS
    )


WEAK, STRONG = [0.850, 0.853, 0.848, 0.851, 0.852], [0.961, 0.966, 0.964, 0.963, 0.965]
SIMILAR = [0.852, 0.851, 0.849, 0.854, 0.849]
SLIGHTLY_BETTER = [0.870, 0.863, 0.878, 0.851, 0.872]
FAILED = [math.nan] * 5
LONG = "units=64,optimizer=adam"

CASES = {
    "significantly better": table(random_normal=WEAK, glorot=STRONG),
    "significantly worse": table(glorot=STRONG, random_normal=WEAK),
    "error, significantly better": table("test_mae", mse=STRONG, huber=WEAK),
    "error, significantly worse": table("test_mae", huber=WEAK, mse=STRONG),
    "not significant": table(plain=WEAK, other=SIMILAR),
    "equal on average": table(a=[0.5, 0.6, 0.7], b=[0.6, 0.5, 0.7]),
    "equal up to rounding": table(
        a=[0.7749999761581421, 0.824999988079071], b=[0.800000011920929] * 2
    ),
    "constant difference": table(zeros=[0.5] * 3, glorot=[1.0] * 3),
    "equal": table(a=WEAK, b=WEAK),
    "one seed": table(a=[0.5], b=[0.75]),
    "one seed, several variants": table(a=[0.5], b=[0.75], c=[0.6]),
    "two seeds": table(a=[0.5, 0.6], b=[0.9, 0.7]),
    "two seeds, several variants": table(a=[0.5, 0.6], b=[0.9, 0.7], c=[0.5, 0.7]),
    "two seeds, constant difference": table(a=[0.5, 0.5], b=[0.75, 0.75]),
    "two seeds, equal": table(a=WEAK[:2], b=WEAK[:2]),
    "long name of the baseline": table("test_accuracy", **{LONG: WEAK, "b": STRONG, "c": SIMILAR}),
    "best of several": table(a=WEAK, b=[value + 0.05 for value in WEAK], c=STRONG, d=SIMILAR),
    "several best": table(a=WEAK, b=STRONG, c=STRONG[::-1], d=SIMILAR),
    "baseline is best": table(a=STRONG, b=WEAK, c=STRONG),
    "none is significant": table(a=WEAK, b=SIMILAR, c=WEAK),
    "significant before correction only": table(a=WEAK, b=SLIGHTLY_BETTER, c=SIMILAR),
    "same variant without correction": table(a=WEAK, b=SLIGHTLY_BETTER),
    "some runs failed": table(a=WEAK, b=[*STRONG[:3], math.nan, math.nan]),
    "failed runs reduce the seeds": table(
        he=STRONG[:4], a=[math.nan, *WEAK[1:4]], b=FAILED[:4], c=FAILED[:4]
    ),
    "only the baseline is complete": table(a=WEAK, b=FAILED, c=FAILED),
    "baseline failed": table(a=FAILED, b=STRONG, c=WEAK),
    "the only other variant failed": table(a=STRONG, b=FAILED),
    "incomplete": table(a=WEAK, b=STRONG[:2], c=STRONG),
    "not comparable": incomparable({"b": "different losses"}, a=STRONG, b=WEAK),
    "one of several is not comparable": incomparable(
        {"b": "different losses"}, a=STRONG, b=WEAK, c=WEAK
    ),
    "none is comparable": incomparable(
        {"b": "different data", "c": "different data"}, a=STRONG, b=WEAK, c=WEAK
    ),
}


def format_cases() -> str:
    lines = []
    for title, comparison in CASES.items():
        lines += [f"=== {title}", comparison_verdict(comparison)]
        others = [row for row in comparison.rows if row.name != comparison.baseline]
        if len(others) > 1:
            lines += [f"- {variant_verdict(comparison, row, in_list=True)}" for row in others]
    return "\n".join(lines) + "\n"


def test_verdicts_match_the_snapshot() -> None:
    assert format_cases() == SNAPSHOT.read_text(encoding="utf-8")


def test_better_variant_is_named_first_whatever_the_baseline() -> None:
    verdicts = {
        comparison_verdict(CASES[case]) for case in ("significantly better", "significantly worse")
    }
    (verdict,) = verdicts
    assert verdict.startswith("glorot beats random_normal by 11.3 percentage points")


def test_more_seeds_are_recommended_only_if_needed() -> None:
    assert recommended_seeds(CASES["one seed"]) == 5
    assert recommended_seeds(CASES["two seeds"]) == 5
    assert recommended_seeds(CASES["not significant"]) is None
    assert recommended_seeds(table(a=WEAK[:2], b=STRONG[:2])) is None
    assert recommended_seeds(CASES["incomplete"]) is None


def test_incomparable_and_unfinished_variants_have_no_best() -> None:
    assert CASES["not comparable"].best is None
    assert CASES["incomplete"].best is None


def test_means_that_differ_by_rounding_are_equal() -> None:
    # Values as float32: 0.775 and 0.825, 0.8 and 0.8.
    assert CASES["equal up to rounding"].best is None
    comparison = table(
        a=[0.7749999761581421, 0.824999988079071], b=[0.800000011920929] * 2, c=[0.7, 0.7]
    )
    assert [comparison.is_best(row) for row in comparison.rows] == [True, True, False]


if __name__ == "__main__":
    SNAPSHOT.write_text(format_cases(), encoding="utf-8")
