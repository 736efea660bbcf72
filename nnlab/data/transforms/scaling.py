"""Learns from training rows how a model is to scale its input: x * scale + offset."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.chunks import row_chunks

Scaling = Literal["none", "minmax", "standard"]
Factors = NDArray[np.float32] | float | None

_PIXEL_MAX = 255


def learn_scaling(
    train: NDArray[Any], scaling: Scaling, numeric: NDArray[np.bool_] | None = None
) -> tuple[Factors, Factors]:
    """Find the scale and the offset of an input.

    Columns have a scale each, the pixels of an image one together. A column that is constant in
    training tells nothing: it becomes 0, whatever a later row holds.

    Args:
        train: The training rows: features [rows, features], or images [rows, *axes].
        scaling: `minmax` takes the training rows to [0, 1] (uint8 is divided by 255, whatever
            values occur), `standard` to mean 0 and standard deviation 1.
        numeric: Which features are numbers, [features]; the others, of one-hot categories, are left
            as they are. None: all.

    Returns:
        Scale and offset: one number, or one for each feature [features] float32; None and None for
        `none`, and for bools under `minmax`, which lie in [0, 1] already.

    Example:
        >>> scale, offset = learn_scaling(np.array([[0.0, 5.0], [10.0, 5.0]]), "minmax")
        >>> scale.tolist(), offset.tolist()
        ([0.10000000149011612, 0.0], [0.0, 0.0])
    """
    if scaling == "none" or (scaling == "minmax" and train.dtype == np.bool_):
        return None, None
    if scaling == "minmax" and train.dtype == np.uint8:
        return 1 / _PIXEL_MAX, 0.0
    images = train.ndim > 2  # noqa: PLR2004 - rows and features
    flat = train.reshape(-1, 1) if images else train
    low, high = _range(flat)
    shift, spread = (low, high - low) if scaling == "minmax" else _mean_and_deviation(flat)
    # Not `spread == 0`: the deviation of a constant column is a rounding error, seldom exactly 0.
    varies = high > low
    scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=varies)
    offset = 0.0 - shift * scale  # not `-shift * scale`, which is -0.0 for a constant column
    if images:
        return float(scale[0]), float(offset[0])
    if numeric is not None:
        scale, offset = np.where(numeric, scale, 1.0), np.where(numeric, offset, 0.0)
    return scale.astype(np.float32), offset.astype(np.float32)


def _range(flat: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least and greatest value of each column; once through, as a file may be too large to keep."""
    runs = (flat[start:stop] for start, stop in row_chunks(len(flat), flat[:1].nbytes))
    low, high = zip(*((run.min(axis=0), run.max(axis=0)) for run in runs), strict=True)
    return np.min(low, axis=0).astype(np.float64), np.max(high, axis=0).astype(np.float64)


def _mean_and_deviation(flat: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and population standard deviation of each column, a few rows at a time in float64."""
    runs = list(row_chunks(len(flat), flat.shape[1] * 8))
    mean = sum(flat[a:b].sum(axis=0, dtype=np.float64) for a, b in runs) / len(flat)
    squares = sum(np.square(flat[a:b] - mean).sum(axis=0) for a, b in runs)
    return mean, np.sqrt(squares / len(flat))
