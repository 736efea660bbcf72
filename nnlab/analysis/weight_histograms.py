"""How the weights of a layer, and the gradient of the loss by them, were spread: first and last."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[np.floating[Any]]]

Kind = Literal["weights", "gradients"]

_BINS = 50
_MOST_VALUES = 200_000
# A float32 gradient below this has gone under in rounding: its bin is the first.
_LEAST = 1e-12


@dataclass(frozen=True)
class Histogram:
    """Many numbers in few.

    Args:
        counts: How many fall into each bin, [bins].
        size: How many there are, finite or not.
        zeros: How many are exactly zero; of gradients they are in no bin.
        std: Their standard deviation, of the finite ones.
        norm: The root of the sum of their squares, of the finite ones.
    """

    counts: tuple[int, ...]
    size: int
    zeros: int
    std: float
    norm: float


@dataclass(frozen=True)
class LayerHistograms:
    """A layer's weights or gradients before and after the training, on the same bins.

    Args:
        layer: The layer's name.
        kind: `weights`, or `gradients`: those are counted by the logarithm, to base 10, of their
            size, as they differ by factors.
        low: The left edge of the first bin.
        high: The right edge of the last.
        first: Before the training.
        last: With the weights that the run reports on.
    """

    layer: str
    kind: Kind
    low: float
    high: float
    first: Histogram
    last: Histogram

    def to_dict(self) -> dict[str, Any]:
        """The spreads for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> LayerHistograms:
        """What `to_dict` gave.

        Args:
            values: The mapping.
        """
        known = dict(values)
        for part in ("first", "last"):
            spread = dict(known[part])
            known[part] = Histogram(**spread | {"counts": tuple(spread["counts"])})
        return cls(**known)


def layer_histograms(kind: Kind, first: Arrays, last: Arrays) -> list[LayerHistograms]:
    """The spreads of all layers.

    Args:
        kind: What the numbers are.
        first: Arrays of any shape before the training, by layer.
        last: The same after it; layers that it lacks are left out.

    Returns:
        One for each layer, in the order of `first`.

    Example:
        >>> import numpy as np
        >>> first, last = {"dense": np.array([0, 1e-9])}, {"dense": np.ones(2)}
        >>> one, = layer_histograms("gradients", first, last)
        >>> one.first.zeros, one.last.norm, round(one.low), round(one.high)
        (1, 1.4142135623730951, -9, 0)
    """
    return [_layer(name, kind, first[name], last[name]) for name in first if name in last]


def _layer(
    name: str, kind: Kind, first: NDArray[np.floating[Any]], last: NDArray[np.floating[Any]]
) -> LayerHistograms:
    import numpy as np

    scaled = [_scaled(_sample(values), kind) for values in (first, last)]
    both = np.concatenate(scaled)
    edges = np.histogram_bin_edges(both if both.size else [0.0], bins=_BINS)
    one, other = (
        _spread(values, np.histogram(some, edges)[0])
        for values, some in zip((first, last), scaled, strict=True)
    )
    return LayerHistograms(name, kind, float(edges[0]), float(edges[-1]), one, other)


def _spread(values: NDArray[np.floating[Any]], counts: NDArray[Any]) -> Histogram:
    import numpy as np

    some = _sample(values)
    return Histogram(
        tuple(counts.tolist()),
        int(np.size(values)),
        int(np.size(values) - np.count_nonzero(values)),
        float(some.std()) if some.size else 0.0,
        float(np.linalg.norm(some)) if some.size else 0.0,
    )


def _sample(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """The finite values [values], evenly thinned out where there are very many."""
    import numpy as np

    flat = np.asarray(values).ravel()
    step = max(1, -(-flat.size // _MOST_VALUES))
    some: NDArray[np.float64] = flat[::step].astype(np.float64)
    return some[np.isfinite(some)]


def _scaled(values: NDArray[np.float64], kind: Kind) -> NDArray[np.float64]:
    import numpy as np

    if kind == "weights":
        return values
    logarithms: NDArray[np.float64] = np.log10(np.maximum(np.abs(values[values != 0]), _LEAST))
    return logarithms


def evenly(several: Sequence[LayerHistograms], most: int) -> list[LayerHistograms]:
    """Evenly spaced layers of a deep model, the first and the last among them.

    Args:
        several: All layers.
        most: How many there may be.

    Returns:
        At most so many; the first and the last are the ones to compare.
    """
    if len(several) <= most:
        return list(several)
    places = [round(i * (len(several) - 1) / (most - 1)) for i in range(most)]
    return [several[place] for place in places]
