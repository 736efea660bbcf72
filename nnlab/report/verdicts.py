"""What a comparison came to, in plain sentences."""

from __future__ import annotations

from nnlab.compare.statistics import PairedTest
from nnlab.compare.variants import VariantRow, VariantTable
from nnlab.report.numbers import metric_text, plural

# Shares of the rows: their differences are told in points of a hundred.
_SHARES = ("accuracy", "precision", "recall", "specificity", "sensitivity", "auc", "f1_score")
_SMALL = 0.1
_NAMED = 3


def is_share(metric: str) -> bool:
    """Whether a metric is a share of the rows, told in percent.

    Args:
        metric: Its name.

    Example:
        >>> is_share("test_accuracy"), is_share("val_loss")
        (True, False)
    """
    return any(share in metric for share in _SHARES)


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
        return metric_text(amount)
    points = 100 * amount
    text = f"{points:.1f}" if abs(points) >= _SMALL or not points else f"{points:.2g}"
    return f"{text} points" if unit else text


def verdict(table: VariantTable, row: VariantRow) -> str:
    """What can be said of a variant against the baseline.

    Args:
        table: The comparison.
        row: A variant of it; not the baseline.

    Returns:
        One sentence, without a full stop.
    """
    base = table.row(table.baseline)
    if not row.values:
        return f"{_absence(row)}: nothing to compare with {base.name}"
    if not base.values:
        complete = f"{len(row.values)} of {plural(row.ended, 'run')}"
        return f"{_absence(base)}; {row.name} completes {complete}"
    if row.test is None:
        return f"nothing to compare: {row.name} and {base.name} share no seed"
    failed = "".join(f"; {_runs_failed(one)}" for one in (row, base) if one.failures)
    return f"{_outcome(table, row, row.test)}{failed}"


def headline(table: VariantTable) -> str:
    """What the whole comparison came to.

    Args:
        table: The comparison.

    Returns:
        One sentence, without a full stop: of the best variant that is shown to beat the baseline;
        else that none is.
    """
    others = [row for row in table.rows if row.name != table.baseline]
    if len(others) == 1:
        return verdict(table, others[0])
    if not table.row(table.baseline).values:
        return _without_baseline(table)
    shown = [row for row in others if row.test is not None and row.test.is_shown]
    better = [row for row in shown if (table.gain(row) or 0) > 0]
    if better:
        return verdict(table, max(better, key=lambda row: table.gain(row) or 0))
    seeds = plural(len(table.seeds), "seed")
    if shown:
        named = ", ".join(row.name for row in shown[:_NAMED])
        more = f" and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
        return f"no variant is shown to beat {table.baseline}, which beats {named}{more}, {seeds}"
    if not any(row.test is not None and row.test.p is not None for row in others):
        return f"nothing is shown: {seeds} tell nothing of chance"
    return f"no difference to {table.baseline} shown in any variant, {seeds}"


def _without_baseline(table: VariantTable) -> str:
    base = table.row(table.baseline)
    found = (row for row in table.rows if row.mean is not None)
    best = table.best or next(found, None)
    if best is None or best.mean is None:
        return f"{_absence(base)}: nothing to compare"
    mean = metric_text(best.mean.value)
    return (
        f"{_absence(base)}; best of the others is {best.name} with a mean {table.metric} of {mean}"
    )


def _outcome(table: VariantTable, row: VariantRow, test: PairedTest) -> str:
    gain = table.gain(row) or 0.0
    ahead, behind = (row.name, table.baseline) if gain >= 0 else (table.baseline, row.name)
    amount = amount_text(table.metric, abs(gain))
    if not is_share(table.metric):
        amount = f"{amount} in {table.metric}"
    difference = test.difference
    seeds = plural(difference.count, "seed")
    if difference.low is None or difference.high is None:
        one = "at one seed, which tells nothing of chance"
        words = f"is {amount} ahead of {behind}" if gain else f"and {behind} are equal"
        return f"{ahead} {words} {one}"
    if difference.is_exact:
        words = f"beats {behind} by {amount}" if gain else f"and {behind} are equal"
        return f"{ahead} {words} at each of {seeds}"
    # The interval of how far the one ahead is better.
    ends = [difference.low, difference.high]
    if difference.value < 0:
        ends = [-difference.high, -difference.low]
    low, high = (amount_text(table.metric, end, unit=False) for end in ends)
    spread = f"95 % interval {low} to {high}, {seeds}"
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
