"""What a comparison came to, in plain sentences."""

from __future__ import annotations

from collections.abc import Sequence

from nnlab.analysis.metric_bounds import is_share
from nnlab.analysis.statistics import Mean, PairedTest, required_seeds
from nnlab.analysis.variants import VariantRow, VariantTable
from nnlab.report.text.numbers import format_interval, format_metric
from nnlab.text import join_names, plural

LONG = 16
"""A baseline with a longer name is not named again in every sentence of a list and heading."""

_SMALL = 0.1
_NAMED = 3
_ONE_SEED = "at one seed, which tells nothing of chance"


def amount_text(metric: str, amount: float, *, unit: bool = True) -> str:
    """A difference in a metric: points for shares, else in the metric's own unit.

    Args:
        metric: Its name.
        amount: The difference.
        unit: Whether "points" is written behind.

    Example:
        >>> amount_text("test_accuracy", 0.031), amount_text("test_mae", 0.031)
        ('3.1 points', '0.0310')
    """
    if not is_share(metric):
        return format_metric(amount)
    points = 100 * amount
    text = f"{points:.1f}" if abs(points) >= _SMALL or not points else f"{points:.2g}"
    return f"{text} points" if unit else text


def _not_done(table: VariantTable, rows: Sequence[VariantRow]) -> str:
    """That some runs of several variants have not come to an end; empty where all have."""
    ended, runs = sum(row.ended for row in rows), len(rows) * len(table.seeds)
    return f"not done: {ended} of {plural(runs, 'run')}" if ended < runs else ""


def verdict(table: VariantTable, row: VariantRow, *, is_listed: bool = False) -> str:
    """What can be said of a variant against the baseline.

    Args:
        table: The comparison.
        row: A variant of it; not the baseline.
        is_listed: Whether the sentence is one of a list, below the baseline's name: a long one is
            not repeated in each.

    Returns:
        One sentence, without a full stop.
    """
    base = table.row(table.baseline)
    display_name = "the baseline" if is_listed and len(base.name) > LONG else base.name
    if done := _not_done(table, [row, base]):
        return f"{row.name}: {done}" if is_listed else done
    if not row.values:
        return f"{_absence(row)}: nothing to compare with {display_name}"
    if not base.values:
        complete = f"{len(row.values)} of {plural(row.ended, 'run')}"
        return f"{_absence(base)}; {row.name} completes {complete}"
    if why := table.meaning.unlike.get(row.name):
        return f"{row.name} and {display_name} are not compared: {why}"
    if row.test is None:
        return f"nothing to compare: {row.name} and {display_name} share no seed"
    failed = "".join(f"; {_runs_failed(one)}" for one in (row, base) if one.failures)
    return f"{_outcome(table, row, row.test, display_name)}{failed}"


def headline(table: VariantTable) -> str:
    """What the whole comparison came to.

    Args:
        table: The comparison.

    Returns:
        One sentence, without a full stop: of the best variant that is shown to beat the baseline;
        else that none is; or that it is not done.
    """
    others = [row for row in table.rows if row.name != table.baseline]
    if done := _not_done(table, table.rows):
        return done
    if len(others) > 1:
        return _headline_of_several(table, others)
    few = seeds_to_take(table)
    words = verdict(table, others[0])
    more = "" if words.endswith(_ONE_SEED) else "; so few can hardly show a difference"
    return f"{words}{more}{_take(few)}" if few else words


def _take(seeds: int | None) -> str:
    return f": take {seeds} (--seeds {seeds})" if seeds else ""


def _headline_of_several(table: VariantTable, others: Sequence[VariantRow]) -> str:
    unlike = table.meaning.unlike
    if len(unlike) == len(others):
        return f"the variants are not compared: {', '.join(dict.fromkeys(unlike.values()))}"
    words = _headline_of_comparable(table, others)
    if not unlike:
        return words
    return f"{words}; not compared: {join_names([*unlike], _NAMED)}"


def _headline_of_comparable(table: VariantTable, others: Sequence[VariantRow]) -> str:
    base = table.baseline
    if not table.row(base).values:
        return _without_baseline(table)
    shown = [row for row in others if row.test is not None and row.test.is_shown]
    better = [row for row in shown if (table.gain(row) or 0) > 0]
    if better:
        return f"{_best_of(table, better)}{_all_failed(others)}"
    if shown:
        named = join_names([row.name for row in shown], _NAMED)
        words = f"no variant is shown to beat {base}, which beats {named}, {_seeds_of(shown)}"
        return f"{words}{_all_failed(others)}"
    if all(row.test is None for row in others):
        return f"nothing to compare with {base}{_all_failed(others)}"
    few = seeds_to_take(table)
    if len(table.seeds) == 1:
        return f"nothing is shown: one seed tells nothing of chance{_take(few)}"
    words = f"no difference to {base} shown in any variant, {_seeds_of(others)}"
    words += _all_failed(others)
    return f"{words}; so few can hardly show one{_take(few)}" if few else words


def _best_of(table: VariantTable, better: Sequence[VariantRow]) -> str:
    """What can be said of the best of those that beat the baseline, and which are as good."""
    best = max(better, key=lambda row: table.gain(row) or 0)
    ties = [row.name for row in better if row is not best and table.is_best(row)]
    if not (ties and table.is_best(best)):
        return verdict(table, best)
    words = "is" if len(ties) == 1 else "are"
    return f"{verdict(table, best)}; {join_names(ties, _NAMED)} {words} as good on average"


def _seeds_of(rows: Sequence[VariantRow]) -> str:
    """How many seeds tests rest on: fewer than were asked for where runs failed."""
    counts = [row.test.difference.count for row in rows if row.test is not None]
    fewest, most = min(counts), max(counts)
    return plural(most, "seed") if fewest == most else f"{fewest} to {plural(most, 'seed')}"


def _all_failed(rows: Sequence[VariantRow]) -> str:
    """The variants of which nothing is left to compare."""
    names = [row.name for row in rows if row.failures and not row.values]
    return f"; all runs of {join_names(names, _NAMED)} failed" if names else ""


def seeds_to_take(table: VariantTable) -> int | None:
    """How many seeds it takes, where there are so few that tests can hardly show anything.

    Args:
        table: The comparison.

    Returns:
        The number; None where there are enough, where nothing is left open, or where those that
        were to be taken are not done yet.
    """
    if table.left:
        return None
    tests = [row.test for row in table.rows if row.test is not None]
    is_open = any(not (test.is_shown or _is_same(test.difference)) for test in tests)
    seeds = max((test.difference.count for test in tests), default=0)
    return required_seeds(seeds, len(tests)) if is_open else None


def _is_same(difference: Mean) -> bool:
    """Whether a difference is the same at every seed, or there is none at any of several."""
    is_none = difference.low is None and not difference.value
    return difference.is_exact or (is_none and difference.count > 1)


def few_seeds_words(table: VariantTable) -> str:
    """That the seeds are too few, and what to do.

    Args:
        table: The comparison.

    Returns:
        A sentence without a full stop; empty where there are enough.
    """
    wanted = seeds_to_take(table)
    if wanted is None:
        return ""
    seeds = max(row.test.difference.count for row in table.rows if row.test is not None)
    hint = f"take {wanted} (--seeds {wanted})"
    if seeds == 1:
        return f"one seed tells nothing of chance: {hint}"
    tests = sum(row.test is not None for row in table.rows)
    among = f" among {tests} tests" if tests > 1 else ""
    return f"{seeds} seeds can hardly show a difference{among}: {hint}"


def _without_baseline(table: VariantTable) -> str:
    base = table.row(table.baseline)
    found = (row for row in table.rows if row.mean is not None)
    best = None if table.meaning.unlike else table.best or next(found, None)
    if best is None or best.mean is None:
        return f"{_absence(base)}: nothing to compare"
    mean = format_metric(best.mean.value)
    return (
        f"{_absence(base)}; best of the others is {best.name} with a mean {table.metric} of {mean}"
    )


def _outcome(table: VariantTable, row: VariantRow, test: PairedTest, base: str) -> str:
    gain = table.gain(row) or 0.0
    ahead, behind = (row.name, base) if gain >= 0 else (base, row.name)
    amount = amount_text(table.metric, abs(gain))
    if not is_share(table.metric):
        amount = f"{amount} in {table.metric}"
    difference = test.difference
    seeds = plural(difference.count, "seed")
    if difference.low is None or difference.high is None:
        words = f"is {amount} ahead of {behind}" if gain else f"and {behind} are equal"
        if difference.count == 1:
            return f"{ahead} {words} {_ONE_SEED}"
        unsure = "no difference shown: " if gain else ""
        return f"{unsure}{ahead} {words} at each of {seeds}"
    if difference.is_exact:
        words = f"beats {behind} by {amount}" if gain else f"and {behind} are equal"
        return f"{ahead} {words} at each of {seeds}"
    # The interval of how far the one ahead is better.
    ends = [difference.low, difference.high]
    if difference.value < 0:
        ends = [-difference.high, -difference.low]
    spread = format_interval(*ends)
    if is_share(table.metric):
        spread = " to ".join(amount_text(table.metric, end, unit=False) for end in ends)
    spread = f"95 % interval {spread}, {seeds}"
    if not gain:
        return f"no difference shown: {ahead} and {behind} are equal on average, {spread}"
    if test.is_shown:
        return f"{ahead} beats {behind} by {amount}, {spread}"
    tests = sum(row.test is not None and row.test.p is not None for row in table.rows)
    # The interval is that of one test alone: with Holm's correction for all, it may leave out 0.
    among = f" among {tests} tests" if ends[0] > 0 else ""
    return f"no difference shown{among}: {ahead} is {amount} ahead of {behind}, {spread}"


def _runs_failed(row: VariantRow) -> str:
    return f"{len(row.failures)} of {plural(row.ended, 'run')} of {row.name} failed"


def _absence(row: VariantRow) -> str:
    """Why a variant has no values."""
    if not row.failures:
        return f"{row.name} has no complete run"
    if row.ended == 1:
        return f"the run of {row.name} failed"
    return f"all {row.ended} runs of {row.name} failed"
