"""What the figure that variants are compared by means: in which of them the same, and its range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnlab.compare.metric_ranges import Range, metric_range
from nnlab.config.loss_figures import loss_name

if TYPE_CHECKING:
    from nnlab.config.variants import Comparison


@dataclass(frozen=True)
class Meaning:
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

    def within(self, metric: str) -> Range:
        """Which values a figure can have.

        Args:
            metric: Its name.
        """
        is_positive = loss_name(metric) in self.never_negative
        return Range(low=0.0) if is_positive else metric_range(metric)


def meaning_of(comparison: Comparison) -> Meaning:
    """What the configs of a comparison tell of its figure.

    Args:
        comparison: The comparison.
    """
    # The vocabulary, which whoever only reads a comparison does not need.
    from nnlab.config.comparability import caveats, never_negative

    found = caveats(comparison)
    unlike: dict[str, list[str]] = {}
    for caveat in found:
        for name in caveat.unlike:
            unlike.setdefault(name, []).append(caveat.reason)
    return Meaning(
        {name: ", ".join(reasons) for name, reasons in unlike.items()},
        tuple(caveat.text for caveat in found),
        never_negative(comparison),
    )
