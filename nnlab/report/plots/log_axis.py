"""Labels of logarithmic axes: enough of them, whatever part of a decade an axis spans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axis import Axis

_LEAST, _MOST = 3, 7
# Within each decade, from few labels to many.
_STEPS = ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 5, 7))


def logarithmic_ticks(low: float, high: float) -> NDArray[np.float64]:
    """Numbers to label on a logarithmic axis: powers of ten where they are enough, else more.

    Args:
        low: The least that the axis shows, above 0.
        high: The most.

    Returns:
        Three to seven numbers within, in order; fewer where both are almost equal.

    Example:
        >>> logarithmic_ticks(0.0001, 0.1).tolist()
        [0.0001, 0.001, 0.01, 0.1]
        >>> logarithmic_ticks(0.03, 0.4).tolist()
        [0.03, 0.1, 0.3]
    """
    slack = 1e-9
    decades = range(int(np.floor(np.log10(low))) - 1, int(np.ceil(np.log10(high))) + 1)
    for steps in _STEPS:
        # By its digits, for 3 * 0.1 is not 0.3.
        numbers = np.array([float(f"{step}e{decade}") for decade in decades for step in steps])
        inside = numbers[(numbers >= low * (1 - slack)) & (numbers <= high * (1 + slack))]
        if len(inside) >= _LEAST:
            return inside[:: -(-len(inside) // _MOST)]
    even = np.asarray(MaxNLocator(_LEAST, min_n_ticks=_LEAST).tick_values(low, high), float)
    return even[(even >= low) & (even <= high)]


def label_logarithm(axis: Axis) -> None:
    """Label a logarithmic axis, once all is drawn that decides its ends.

    Args:
        axis: The axis.
    """
    low, high = sorted(axis.get_view_interval())
    axis.set_major_locator(FixedLocator(logarithmic_ticks(low, high).tolist()))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_locator(NullLocator())
