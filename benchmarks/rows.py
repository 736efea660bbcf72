"""What is measured: seconds of nnlab beside those of something else, pair by pair."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Spread:
    """Some values by their middle and their ends.

    Args:
        median: The median.
        least: The smallest.
        most: The largest.
    """

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of values."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Row:
    """One comparison.

    Args:
        workload: The workload's key, `a`.
        case: The workload in words.
        what: What was timed: `epoch`, `whole process`.
        against: What nnlab is held against.
        other_s: Seconds of that, [pairs].
        nnlab_s: Seconds of nnlab, [pairs]; taken in the same pair, one right after the other.
        goal: The ratio that is aimed at, at least; None: there is none.

    Example:
        >>> row = Row("c", "small", "epoch", "by hand", (2.0, 3.3), (1.0, 1.1), goal=2.0)
        >>> round(row.ratio.median, 2), row.is_reached
        (2.5, True)
    """

    workload: str
    case: str
    what: str
    against: str
    other_s: tuple[float, ...]
    nnlab_s: tuple[float, ...]
    goal: float | None = None

    @property
    def ratio(self) -> Spread:
        """How many times as long the other takes: pair by pair, as the machine's speed drifts."""
        pairs = zip(self.other_s, self.nnlab_s, strict=True)
        return Spread.of([other / nnlab for other, nnlab in pairs])

    @property
    def is_reached(self) -> bool | None:
        """Whether the median ratio reaches the goal; None where there is none."""
        return None if self.goal is None else self.ratio.median >= self.goal

    def __str__(self) -> str:
        """The row as a line to show while others are measured."""
        ratio = f"{self.ratio.median:.3g} times as long with {self.against}"
        return f"({self.workload}) {self.case}: {self.what} {ratio}"

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON has it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Row:
        """The row that `to_dict` gave."""
        seconds = {key: tuple(values[key]) for key in ("other_s", "nnlab_s")}
        return cls(**{**values, **seconds})


def in_turn(rounds: int, *parts: Callable[[], T]) -> list[tuple[T, ...]]:
    """Call functions one after the other, again and again, every second time backwards.

    What drifts while they run, the machine's speed above all, then favours none of them.
    """
    results: list[list[T]] = [[] for _ in parts]
    for number in range(rounds):
        order = list(zip(parts, results, strict=True))
        for part, found in order if number % 2 == 0 else reversed(order):
            found.append(part())
    return [tuple(found) for found in results]
