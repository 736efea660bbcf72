"""The number of steps to run on the device before returning to Python."""

from __future__ import annotations

# Three updates of the progress bar per second, and Ctrl-C takes effect within one.
_INTERVAL_S = 1 / 3
_FIRST_STEPS = 8
_MAX_GROWTH = 8


class ChunkSizer:
    """Split a pass into chunks of steps that take about a third of a second each.

    Args:
        interval_s: Target duration of a chunk in seconds. Defaults to 1/3.

    Example:
        >>> sizer = ChunkSizer(interval_s=0.5)
        >>> sizer.next_steps(remaining=1000)
        8
        >>> sizer.record(8, seconds=0.04)
        >>> sizer.next_steps(remaining=992)
        64
        >>> sizer.record(64, seconds=0.32)
        >>> sizer.next_steps(remaining=928)
        100
    """

    def __init__(self, interval_s: float = _INTERVAL_S) -> None:
        self._interval_s = interval_s
        self._steps = _FIRST_STEPS

    def next_steps(self, remaining: int) -> int:
        """Return the number of steps of the next chunk."""
        return min(self._steps, remaining)

    def record(self, steps: int, seconds: float) -> None:
        """Adapt the size to the duration of a chunk."""
        max_steps = self._steps * _MAX_GROWTH
        target = int(steps * self._interval_s / seconds + 0.5) if seconds > 0 else max_steps
        if steps < self._steps:
            # In a shorter chunk, at the end of a pass, the overhead of the call is overweighted.
            target = max(target, self._steps)
        self._steps = max(1, min(target, max_steps))
