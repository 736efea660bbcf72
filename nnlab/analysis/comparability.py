"""Whether a metric means the same in several runs, or in all variants of a comparison.

Separate from `nnlab.analysis.runs` and `variants`: the list of all runs needs it, but not their
imports.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnlab.analysis.statistics import Bounds, metric_bounds
from nnlab.config.metrics import find_penalties, loss_name, row_selection_settings

if TYPE_CHECKING:
    from nnlab.config.comparison.loader import Comparison

Sections = Callable[[str], Any]
"""Returns a top-level section of a run's config as plain data, or None if it has no such key."""


def incomparable_reason(metric: str, configs: Sequence[Sections]) -> str:
    """Return why a metric cannot be compared between runs; empty if it can, up to the seed.

    The sections of the configs are read one by one, until two runs differ.

    Example:
        >>> runs = [{"data": {"dataset": name}} for name in ("xor", "circles")]
        >>> incomparable_reason("accuracy", [run.get for run in runs])
        'the runs use different data'
    """
    is_test = metric.startswith("test_")
    data = (config("data") for config in configs)
    rows = (
        {**row_selection_settings(section, validation=not is_test), "seed": None}
        for section in data
        if isinstance(section, Mapping)
    )
    if not _are_equal(rows):
        return "the runs use different data"
    loss = loss_name(metric)
    if loss is None:
        return ""
    training = (config("training") for config in configs)
    losses = (
        [section.get("loss"), section.get("loss_weights")]
        for section in training
        if isinstance(section, Mapping)
    )
    if not _are_equal(losses):
        return "the runs have different losses"
    # The loss of a single output is logged without penalties.
    if loss == "loss" and not _are_equal(find_penalties(config("model")) for config in configs):
        return "the runs have different penalties, which are part of the loss"
    return ""


def use_different_rows(configs: Iterable[Sections]) -> bool:
    """Return whether the runs split off their validation or test rows with different seeds."""
    seeds = set()
    for config in configs:
        data = config("data")
        if isinstance(data, Mapping) and {"test_split", "validation_split"} & {*data}:
            seeds.add(data.get("seed", config("seed")))
    return len(seeds) > 1


def _are_equal(values: Iterable[Any]) -> bool:
    """Return whether all known values are equal (short-circuits)."""
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
    """What the configs of a comparison imply about its metric and losses.

    Args:
        not_comparable: The variants whose metric means something else than the baseline's, each
            with the reason, such as "different losses".
        notes: Sentences about the metric.
        nonnegative_losses: The losses that cannot be negative, without the prefix of the rows.
    """

    not_comparable: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    nonnegative_losses: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the spec for JSON, without the notes."""
        return {
            "not_comparable": dict(self.not_comparable),
            "nonnegative_losses": list(self.nonnegative_losses),
        }

    def bounds(self, metric: str) -> Bounds:
        """Return the bounds of a metric's values."""
        is_nonnegative = loss_name(metric) in self.nonnegative_losses
        return Bounds(low=0.0) if is_nonnegative else metric_bounds(metric)


def metric_spec(comparison: Comparison) -> MetricSpec:
    """Derive the spec of a comparison's metric from its configs."""
    # Loads the vocabulary, which readers of a comparison do not need.
    from nnlab.config.lint.comparability import comparability_warnings, nonnegative_losses

    warnings = comparability_warnings(comparison)
    reasons: dict[str, list[str]] = {}
    for warning in warnings:
        for name in warning.not_comparable:
            reasons.setdefault(name, []).append(warning.reason)
    return MetricSpec(
        {name: ", ".join(texts) for name, texts in reasons.items()},
        tuple(warning.text for warning in warnings),
        nonnegative_losses(comparison),
    )
