"""Measurements: seconds of nnlab and of an alternative, pair by pair."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Summary:
    """The median and the range of some values."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Summary:
        """Summarize values."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Row:
    """One comparison.

    Args:
        workload: The key of the workload, `a`.
        case: A short description.
        what: What was timed: `epoch`, `whole process`.
        against: The alternative.
        other_s: Seconds of the alternative, shape (pairs,).
        nnlab_s: Seconds of nnlab, shape (pairs,).
        goal: The target ratio, if any.

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
    def ratio(self) -> Summary:
        """Time of the alternative over that of nnlab, per pair, as the machine's speed drifts."""
        pairs = zip(self.other_s, self.nnlab_s, strict=True)
        return Summary.of([other / nnlab for other, nnlab in pairs])

    @property
    def is_reached(self) -> bool | None:
        """Whether the median ratio reaches the goal; None without one."""
        return None if self.goal is None else self.ratio.median >= self.goal

    def __str__(self) -> str:
        """Return a line to print while others are measured."""
        ratio = f"{self.ratio.median:.3g} times as long with {self.against}"
        return f"({self.workload}) {self.case}: {self.what} {ratio}"

    def to_dict(self) -> dict[str, Any]:
        """Return the row as a JSON object."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Row:
        """Create a row from the result of `to_dict`."""
        seconds = {key: tuple(values[key]) for key in ("other_s", "nnlab_s")}
        return cls(**{**values, **seconds})


def interleaved(rounds: int, *parts: Callable[[], T]) -> list[tuple[T, ...]]:
    """Call functions in turn for several rounds, every second round in reverse order.

    A drift of the machine's speed then affects all of them.
    """
    results: list[list[T]] = [[] for _ in parts]
    for number in range(rounds):
        order = list(zip(parts, results, strict=True))
        for part, values in order if number % 2 == 0 else reversed(order):
            values.append(part())
    return [tuple(values) for values in results]
