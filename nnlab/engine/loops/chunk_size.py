"""How many steps to make before coming back to Python."""

from __future__ import annotations

# The bar moves three times a second, and Ctrl-C is heeded within one.
_INTERVAL_S = 1 / 3
_FIRST_STEPS = 8
_GROWTH = 8


class ChunkSizer:
    """Cuts a pass into pieces of about a third of a second, whatever its speed turns out to be.

    Args:
        interval_s: How long a piece should take, in seconds.

    Example:
        >>> pace = ChunkSizer(interval_s=0.5)
        >>> pace.steps(left=1000)
        8
        >>> pace.took(8, seconds=0.04)
        >>> pace.steps(left=992)
        64
        >>> pace.took(64, seconds=0.32)
        >>> pace.steps(left=928)
        100
    """

    def __init__(self, interval_s: float = _INTERVAL_S) -> None:
        self._interval_s = interval_s
        self._steps = _FIRST_STEPS

    def steps(self, left: int) -> int:
        """The steps of the next piece.

        Args:
            left: Steps that are left in the pass.

        Returns:
            At most as many.
        """
        return min(self._steps, left)

    def took(self, steps: int, seconds: float) -> None:
        """Learn from a piece.

        Args:
            steps: Its steps.
            seconds: How long it took.
        """
        most = self._steps * _GROWTH
        fitting = int(steps * self._interval_s / seconds + 0.5) if seconds > 0 else most
        if steps < self._steps:
            # The end of a pass: what every call costs by itself weighs too much.
            fitting = max(fitting, self._steps)
        self._steps = max(1, min(fitting, most))
