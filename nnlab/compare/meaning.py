"""What the figure that variants are compared by means: in which of them the same, and its range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnlab.compare.metric_ranges import Range, metric_range

if TYPE_CHECKING:
    from nnlab.config.variants import Comparison


@dataclass(frozen=True)
class Meaning:
    """What the configs tell of the figure that is compared.

    Args:
        unlike: Variants of which it means another thing than of the baseline, so that they can be
            called neither better nor worse, each with why: "different losses".
        notes: What is to be known of it, sentences.
        is_never_negative: Whether it is a loss that cannot fall below 0.
    """

    unlike: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    is_never_negative: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Itself for JSON, without the notes."""
        return {"unlike": dict(self.unlike), "is_never_negative": self.is_never_negative}

    def within(self, metric: str) -> Range:
        """Which values the figure can have.

        Args:
            metric: Its name.
        """
        return Range(low=0.0) if self.is_never_negative else metric_range(metric)


def meaning_of(comparison: Comparison) -> Meaning:
    """What the configs of a comparison tell of its figure.

    Args:
        comparison: The comparison.
    """
    # The vocabulary, which whoever only reads a comparison does not need.
    from nnlab.config.comparability import caveats, is_never_negative

    found = caveats(comparison)
    unlike: dict[str, list[str]] = {}
    for caveat in found:
        for name in caveat.unlike:
            unlike.setdefault(name, []).append(caveat.reason)
    return Meaning(
        {name: ", ".join(reasons) for name, reasons in unlike.items()},
        tuple(caveat.text for caveat in found),
        is_never_negative(comparison),
    )
