"""Names that are unique within a model, no matter how many models the process has built."""

from __future__ import annotations

from collections.abc import Iterable


class UniqueNames:
    """Generate names that are not taken.

    Example:
        >>> names = UniqueNames(["dense"])
        >>> names.unique("dense"), names.unique("dense"), names.unique("dropout")
        ('dense_1', 'dense_2', 'dropout')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def unique(self, base: str) -> str:
        """Return the name itself, with a number appended if it is taken, and mark it as taken."""
        name, number = base, 0
        while name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name)
        return name
