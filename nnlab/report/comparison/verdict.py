"""The verdicts of a comparison, one sentence each: which variant is better, and how certainly."""

from __future__ import annotations

from collections.abc import Sequence

from nnlab.analysis.statistics import Mean, PairedTest, is_fraction, required_seeds
from nnlab.analysis.variants import VariantRow, VariantTable
from nnlab.report.text.formatting import format_interval, format_metric
from nnlab.text import join_names, plural

# A baseline with a longer name is not repeated in each sentence of a list.
MAX_BASELINE_LENGTH = 16

_MIN_DECIMAL = 0.1
_MAX_NAMES = 3
_ONE_SEED = "with one seed, which allows no significance test"


def comparison_verdict(table: VariantTable) -> str:
    """Return the verdict of a comparison: one sentence without a full stop.

    It is about the best variant that is significantly better than the baseline, if any. Empty
    before a run is complete.
    """
    if not any(row.values for row in table.rows):
        return ""
    if runs := _unfinished_runs(table, table.rows):
        return f"incomplete: {runs}"
    others = [row for row in table.rows if row.name != table.baseline]
    if len(others) == 1:
        text, warning = variant_verdict(table, others[0]), few_seeds_warning(table)
        if warning and text.endswith(_ONE_SEED):
            return f"{text}: {_use_seeds(table)}"
        return f"{text}; {warning}" if warning else text
    excluded = table.metric_spec.not_comparable
    if len(excluded) == len(others):
        return f"the variants are not comparable: {', '.join(dict.fromkeys(excluded.values()))}"
    text = _verdict_of_several(table, others)
    return f"{text}; not comparable: {join_names([*excluded], _MAX_NAMES)}" if excluded else text


def _verdict_of_several(table: VariantTable, others: Sequence[VariantRow]) -> str:
    base = table.baseline
    if not table.row(base).values:
        return _verdict_without_baseline(table)
    significant = [row for row in others if row.test is not None and row.test.is_significant]
    better = [row for row in significant if (table.improvement(row) or 0) > 0]
    names = [row.name for row in others if row.failures and not row.values]
    failed = f"; all runs of {join_names(names, _MAX_NAMES)} failed" if names else ""
    if better:
        best = max(better, key=lambda row: table.improvement(row) or 0)
        text = variant_verdict(table, best)
        ties = [row.name for row in better if row is not best and table.is_best(row)]
        if ties and table.is_best(best):
            verb = "has" if len(ties) == 1 else "have"
            text += f"; {join_names(ties, _MAX_NAMES)} {verb} the same mean"
        return f"{text}{failed}"
    if significant:
        worse = join_names([row.name for row in significant], _MAX_NAMES)
        seeds = _seeds(significant)
        text = f"no variant is significantly better than {base}, which beats {worse}, {seeds}"
        return f"{text}{failed}"
    if all(row.test is None for row in others):
        return f"no comparison with {base} is possible{failed}"
    warning = few_seeds_warning(table)
    if len(table.seeds) == 1:
        return warning
    text = f"no variant differs significantly from {base}"
    return f"{text}{failed}; {warning}" if warning else f"{text}, {_seeds(others)}{failed}"


def _verdict_without_baseline(table: VariantTable) -> str:
    base = table.row(table.baseline)
    first = next((row for row in table.rows if row.mean is not None), None)
    best = None if table.metric_spec.not_comparable else table.best or first
    if best is None or best.mean is None:
        return f"{_reason_without_values(base)}: no comparison is possible"
    mean = f"with a mean {table.metric} of {format_metric(best.mean.value)}"
    return f"{_reason_without_values(base)}; the best of the others is {best.name}, {mean}"


def variant_verdict(table: VariantTable, row: VariantRow, *, in_list: bool = False) -> str:
    """Return the verdict of a variant against the baseline: one sentence without a full stop.

    Args:
        table: The comparison.
        row: A variant other than the baseline.
        in_list: Whether the sentence is in a list below the baseline's name, so a long name is not
            repeated. Defaults to False.
    """
    base = table.row(table.baseline)
    is_long = in_list and len(base.name) > MAX_BASELINE_LENGTH
    base_name = "the baseline" if is_long else base.name
    if runs := _unfinished_runs(table, [row, base]):
        return f"{row.name}: incomplete ({runs})" if in_list else f"incomplete: {runs}"
    if not row.values:
        return f"{_reason_without_values(row)}: no comparison with {base_name} is possible"
    if not base.values:
        complete = f"{len(row.values)} of {plural(row.finished_runs, 'run')}"
        return f"{_reason_without_values(base)}; {complete} of {row.name} are complete"
    if reason := table.metric_spec.not_comparable.get(row.name):
        return f"{row.name} and {base_name} are not comparable: {reason}"
    if row.test is None:
        return f"{row.name} and {base_name} have no common seed"
    failures = (
        f"; {len(variant.failures)} of {plural(variant.finished_runs, 'run')} of {variant.name}"
        for variant in (row, base)
        if variant.failures
    )
    failed = "".join(f"{runs} failed" for runs in failures)
    return f"{_test_verdict(table, row, row.test, base_name)}{failed}"


def _test_verdict(table: VariantTable, row: VariantRow, test: PairedTest, base_name: str) -> str:
    improvement, difference = table.improvement(row) or 0.0, test.difference
    better, worse = (row.name, base_name) if improvement >= 0 else (base_name, row.name)
    amount = format_difference(table.metric, abs(improvement))
    if not is_fraction(table.metric):
        amount += f" in {table.metric}"
    not_significant = f"no significant difference between {row.name} and {base_name}"
    seeds = plural(difference.count, "seed")
    if difference.low is None or difference.high is None or difference.is_exact:
        scope = _ONE_SEED if difference.count == 1 else f"with each of {seeds}"
        if not improvement:
            return f"{better} and {worse} are equal {scope}"
        if difference.is_exact:
            return f"{better} beats {worse} by {amount} {scope}"
        if difference.count == 1:
            return f"{better} is ahead of {worse} by {amount} {scope}"
        return f"{not_significant}: {better} is ahead by {amount} {scope}"
    low, high = difference.low, difference.high
    if difference.value < 0:
        low, high = -high, -low
    ends = format_interval(low, high)
    if is_fraction(table.metric):
        ends = " to ".join(format_difference(table.metric, end, unit=False) for end in (low, high))
    interval = f"95 % interval {ends}, {seeds}"
    if improvement and test.is_significant:
        return f"{better} beats {worse} by {amount}, {interval}"
    tests = sum(other.test is not None and other.test.p_value is not None for other in table.rows)
    # The interval is not corrected for the number of tests, so it may exclude 0.
    correction = f" after correction for {tests} tests" if improvement and low > 0 else ""
    result = f"{better} is ahead by {amount}" if improvement else "they are equal on average"
    return f"{not_significant}{correction}: {result}, {interval}"


def format_difference(metric: str, amount: float, *, unit: bool = True) -> str:
    """Format a difference: of a fraction in percentage points, otherwise in the metric's unit.

    Example:
        >>> format_difference("test_accuracy", 0.031), format_difference("test_mae", 0.031)
        ('3.1 percentage points', '0.0310')
    """
    if not is_fraction(metric):
        return format_metric(amount)
    points = 100 * amount
    text = f"{points:.1f}" if abs(points) >= _MIN_DECIMAL or not points else f"{points:.2g}"
    return f"{text} percentage points" if unit else text


def few_seeds_warning(table: VariantTable) -> str:
    """Return a warning that there are too few seeds; empty if there are enough.

    A sentence without a full stop, with the recommended number.
    """
    if recommended_seeds(table) is None:
        return ""
    counts = [row.test.difference.count for row in table.rows if row.test is not None]
    seeds, tests = max(counts), len(counts)
    if seeds == 1:
        return f"one seed allows no significance test: {_use_seeds(table)}"
    among = f" and {tests} tests" if tests > 1 else ""
    text = f"with {seeds} seeds{among}, only very large differences are significant"
    return f"{text}: {_use_seeds(table)}"


def recommended_seeds(table: VariantTable) -> int | None:
    """Return the recommended number of seeds if a comparison has too few, else None.

    None as well if all differences are significant or exact, and before all runs are finished.
    """
    if table.remaining_runs:
        return None
    tests = [row.test for row in table.rows if row.test is not None]
    is_open = any(not (test.is_significant or _is_constant(test.difference)) for test in tests)
    seeds = max((test.difference.count for test in tests), default=0)
    return required_seeds(seeds, len(tests)) if is_open else None


def _use_seeds(table: VariantTable) -> str:
    seeds = recommended_seeds(table)
    return f"use {seeds} (--seeds {seeds})"


def _is_constant(difference: Mean) -> bool:
    """Return whether a difference is the same for three or more seeds, or zero for two."""
    is_zero = difference.low is None and not difference.value
    return difference.is_exact or (is_zero and difference.count > 1)


def _unfinished_runs(table: VariantTable, rows: Sequence[VariantRow]) -> str:
    """Return how many runs of the variants are finished; empty if all are."""
    finished, runs = sum(row.finished_runs for row in rows), len(rows) * len(table.seeds)
    return f"{finished} of {plural(runs, 'run')}" if finished < runs else ""


def _seeds(rows: Sequence[VariantRow]) -> str:
    """Return the number of seeds of the tests, a range if runs failed."""
    counts = [row.test.difference.count for row in rows if row.test is not None]
    low, high = min(counts), max(counts)
    return plural(high, "seed") if low == high else f"{low} to {plural(high, 'seed')}"


def _reason_without_values(row: VariantRow) -> str:
    if not row.failures:
        return f"{row.name} has no complete run"
    if row.finished_runs == 1:
        return f"the run of {row.name} failed"
    return f"all {row.finished_runs} runs of {row.name} failed"
