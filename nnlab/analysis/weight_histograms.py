"""Histograms of each layer's weights and gradients, before and after training."""

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
_MAX_VALUES = 200_000
# Smaller float32 gradients are rounding errors: they are counted in the first bin.
_MIN_GRADIENT = 1e-12


@dataclass(frozen=True)
class Histogram:
    """A histogram of some values, with summary statistics.

    Args:
        counts: The number of values in each bin, [bins].
        size: The number of values, including those that are not finite.
        zeros: The number of exact zeros, which are in no bin for gradients.
        std: The standard deviation of the finite values.
        norm: The L2 norm of the finite values.
    """

    counts: tuple[int, ...]
    size: int
    zeros: int
    std: float
    norm: float


@dataclass(frozen=True)
class LayerHistograms:
    """Histograms of a layer's weights or gradients before and after training, on the same bins.

    Args:
        layer: The layer's name.
        kind: `weights`, or `gradients`, which are binned by log10 of their size.
        low: The left edge of the first bin.
        high: The right edge of the last bin.
        first: Before training.
        last: With the weights that the run reports on.
    """

    layer: str
    kind: Kind
    low: float
    high: float
    first: Histogram
    last: Histogram

    def to_dict(self) -> dict[str, Any]:
        """Return the histograms for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> LayerHistograms:
        """Restore histograms from `to_dict`."""
        fields = dict(values)
        for part in ("first", "last"):
            histogram = dict(fields[part])
            fields[part] = Histogram(**histogram | {"counts": tuple(histogram["counts"])})
        return cls(**fields)


def layer_histograms(kind: Kind, first: Arrays, last: Arrays) -> list[LayerHistograms]:
    """Compute the histograms of all layers.

    Args:
        kind: What the arrays are.
        first: Arrays of any shape before training, by layer.
        last: The same after training. Layers that it lacks are left out.

    Returns:
        The histograms of each layer, in the order of `first`.

    Example:
        >>> import numpy as np
        >>> first, last = {"dense": np.array([0, 1e-9])}, {"dense": np.ones(2)}
        >>> layer, = layer_histograms("gradients", first, last)
        >>> layer.first.zeros, layer.last.norm, round(layer.low), round(layer.high)
        (1, 1.4142135623730951, -9, 0)
    """
    import numpy as np

    layers = []
    for name in (name for name in first if name in last):
        arrays = first[name], last[name]
        samples = [_sample(array) for array in arrays]
        binned = samples
        if kind == "gradients":
            nonzero = (np.abs(sample[sample != 0]) for sample in samples)
            binned = [np.log10(np.maximum(sizes, _MIN_GRADIENT)) for sizes in nonzero]
        combined = np.concatenate(binned)
        edges = np.histogram_bin_edges(combined if combined.size else [0.0], bins=_BINS)
        histograms = (
            Histogram(
                tuple(np.histogram(values, edges)[0].tolist()),
                int(np.size(array)),
                int(np.size(array) - np.count_nonzero(array)),
                float(sample.std()) if sample.size else 0.0,
                float(np.linalg.norm(sample)) if sample.size else 0.0,
            )
            for array, sample, values in zip(arrays, samples, binned, strict=True)
        )
        layers.append(LayerHistograms(name, kind, float(edges[0]), float(edges[-1]), *histograms))
    return layers


def _sample(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return the finite values, [values]; of very many, an evenly spaced sample."""
    import numpy as np

    flat = np.asarray(values).ravel()
    step = max(1, -(-flat.size // _MAX_VALUES))
    sample: NDArray[np.float64] = flat[::step].astype(np.float64)
    return sample[np.isfinite(sample)]


def sample_layers(layers: Sequence[LayerHistograms], limit: int) -> list[LayerHistograms]:
    """Return evenly spaced layers up to a maximum number, including the first and the last."""
    if len(layers) <= limit:
        return list(layers)
    return [layers[round(i * (len(layers) - 1) / (limit - 1))] for i in range(limit)]
