"""Names that are unique within one model, the same however many models the process has made."""

from __future__ import annotations

from collections.abc import Iterable


class UniqueNames:
    """Gives out names that are not taken.

    Args:
        taken: Names that somebody has already.

    Example:
        >>> names = UniqueNames(["dense"])
        >>> names.fresh("dense"), names.fresh("dense"), names.fresh("dropout")
        ('dense_1', 'dense_2', 'dropout')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def fresh(self, wanted: str) -> str:
        """A name for something new.

        Args:
            wanted: The name that it would have alone.

        Returns:
            That name, with a number behind it where it is taken.
        """
        name, number = wanted, 0
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name
