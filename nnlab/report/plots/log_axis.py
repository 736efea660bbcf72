"""Tick labels of logarithmic axes, enough of them for any part of a decade."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axis import Axis

_MIN_TICKS, _MAX_TICKS = 3, 7
# The multiples of each power of ten, from few labels to many.
_STEPS = ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 5, 7))


def log_ticks(low: float, high: float) -> NDArray[np.float64]:
    """Return ticks of shape (ticks,) for a logarithmic axis, powers of ten if they suffice.

    Args:
        low: The lower end of the axis, greater than 0.
        high: The upper end.

    Returns:
        Three to seven ascending numbers between the ends; fewer if the ends are almost equal.

    Example:
        >>> log_ticks(0.0001, 0.1).tolist()
        [0.0001, 0.001, 0.01, 0.1]
        >>> log_ticks(0.03, 0.4).tolist()
        [0.03, 0.1, 0.3]
    """
    slack = 1e-9
    decades = range(int(np.floor(np.log10(low))) - 1, int(np.ceil(np.log10(high))) + 1)
    for steps in _STEPS:
        # Parsed from text, since 3 * 0.1 is not 0.3.
        numbers = np.array([float(f"{step}e{decade}") for decade in decades for step in steps])
        inside = numbers[(numbers >= low * (1 - slack)) & (numbers <= high * (1 + slack))]
        if len(inside) >= _MIN_TICKS:
            return inside[:: -(-len(inside) // _MAX_TICKS)]
    even = np.asarray(MaxNLocator(_MIN_TICKS, min_n_ticks=_MIN_TICKS).tick_values(low, high), float)
    return even[(even >= low) & (even <= high)]


def label_log_axis(axis: Axis) -> None:
    """Label a logarithmic axis; call after everything that changes its limits."""
    low, high = sorted(axis.get_view_interval())
    axis.set_major_locator(FixedLocator(log_ticks(low, high).tolist()))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_locator(NullLocator())
