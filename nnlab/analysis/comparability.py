"""Whether the figures of runs can be held against each other.

Kept apart from the comparison itself, and free of its imports, for the list of all runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnlab.analysis.metric_bounds import Bounds, metric_range
from nnlab.config.schema.losses import loss_name, penalties
from nnlab.config.schema.row_selection import deciding_rows

if TYPE_CHECKING:
    from nnlab.config.comparison.variants import Comparison

Sections = Callable[[str], Any]
"""Gives a section of a run's config as plain data, by its key at the top level; None of none."""


def incomparable_reason(metric: str, configs: Sequence[Sections]) -> str:
    """Why a figure does not mean the same in several runs.

    Args:
        metric: Its name, `test_accuracy`.
        configs: Gives the sections of each run's config. They are read one by one, until two are
            found that differ.

    Returns:
        A clause; empty where it means the same, the luck of a seed apart.

    Example:
        >>> runs = [{"data": {"dataset": name}} for name in ("xor", "circles")]
        >>> incomparable_reason("accuracy", [run.get for run in runs])
        'the runs learn different data'
    """
    is_test = metric.startswith("test_")
    if not _are_same(_rows(config("data"), is_test=is_test) for config in configs):
        return "the runs learn different data"
    loss = loss_name(metric)
    if loss is None:
        return ""
    if not _are_same(_losses(config("training")) for config in configs):
        return "the runs have different losses"
    # The loss of one output of several is logged without penalties.
    if loss == "loss" and not _are_same(penalties(config("model")) for config in configs):
        return "the runs have different penalties, which their losses hold"
    return ""


def use_different_rows(configs: Iterable[Sections]) -> bool:
    """Whether the rows that runs are measured on are drawn by different seeds.

    Args:
        configs: As above.
    """
    seeds = set()
    for config in configs:
        data = config("data")
        if isinstance(data, Mapping) and {"test_split", "validation_split"} & {*data}:
            seeds.add(data.get("seed", config("seed")))
    return len(seeds) > 1


def _rows(data: Any, *, is_test: bool) -> Any:
    """What decides the rows, but for the seed; None where nothing is known of them."""
    if not isinstance(data, Mapping):
        return None
    return {**deciding_rows(data, validation=not is_test), "seed": None}


def _losses(training: Any) -> Any:
    if not isinstance(training, Mapping):
        return None
    return [training.get("loss"), training.get("loss_weights")]


def _are_same(values: Iterable[Any]) -> bool:
    """Whether all that are known are equal; what follows the first that is not is not looked at."""
    first: str | None = None
    for value in values:
        if value is None:
            continue
        text = json.dumps(value, sort_keys=True, default=str)
        if first is not None and text != first:
            return False
        first = text
    return True


@dataclass(frozen=True)
class MetricSpec:
    """What the configs tell of the figure that is compared, and of the losses beside it.

    Args:
        unlike: Variants of which it means another thing than of the baseline, so that they can be
            called neither better nor worse, each with why: "different losses".
        notes: What is to be known of it, sentences.
        never_negative: The losses that cannot fall below 0, without their part: `loss`.
    """

    unlike: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    never_negative: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Itself for JSON, without the notes."""
        return {"unlike": dict(self.unlike), "never_negative": list(self.never_negative)}

    def within(self, metric: str) -> Bounds:
        """Which values a figure can have.

        Args:
            metric: Its name.
        """
        is_positive = loss_name(metric) in self.never_negative
        return Bounds(low=0.0) if is_positive else metric_range(metric)


def metric_spec(comparison: Comparison) -> MetricSpec:
    """What the configs of a comparison tell of its figure.

    Args:
        comparison: The comparison.
    """
    # The vocabulary, which whoever only reads a comparison does not need.
    from nnlab.config.lint.comparability import comparability_warnings, never_negative

    found = comparability_warnings(comparison)
    unlike: dict[str, list[str]] = {}
    for caveat in found:
        for name in caveat.not_comparable:
            unlike.setdefault(name, []).append(caveat.reason)
    return MetricSpec(
        {name: ", ".join(reasons) for name, reasons in unlike.items()},
        tuple(caveat.text for caveat in found),
        never_negative(comparison),
    )
