"""Scaling factors of an input, learned from the training rows: `x * scale + offset`."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.memory import row_chunks

Scaling = Literal["none", "minmax", "standard"]
Factors = NDArray[np.float32] | float | None

_PIXEL_MAX = 255


def learn_scaling(
    train: NDArray[Any], scaling: Scaling, numeric: NDArray[np.bool_] | None = None
) -> tuple[Factors, Factors]:
    """Compute the scale and the offset of an input.

    Each column is scaled separately, all pixels of an image together. A column that is constant in
    the training rows becomes 0 in all rows.

    Args:
        train: The training rows: features `(rows, features)`, or images `(rows, *axes)`.
        scaling: `minmax` maps the training rows to [0, 1] (uint8 is always divided by 255),
            `standard` to mean 0 and standard deviation 1.
        numeric: `(features,)`: which features are numbers; one-hot features are not scaled.
            Defaults to all.

    Returns:
        Scale and offset: one number, or `(features,)` float32. None and None for `none`, and for
        bools with `minmax`.

    Example:
        >>> scale, offset = learn_scaling(np.array([[0.0, 5.0], [10.0, 5.0]]), "minmax")
        >>> scale.tolist(), offset.tolist()
        ([0.10000000149011612, 0.0], [0.0, 0.0])
    """
    if scaling == "none" or (scaling == "minmax" and train.dtype == np.bool_):
        return None, None
    if scaling == "minmax" and train.dtype == np.uint8:
        return 1 / _PIXEL_MAX, 0.0
    is_image = train.ndim > 2  # noqa: PLR2004 - rows and features
    flat = train.reshape(-1, 1) if is_image else train
    # One pass for both, as the array may be on disk.
    chunks = (flat[start:stop] for start, stop in row_chunks(len(flat), flat[:1].nbytes))
    lows, highs = zip(*((chunk.min(axis=0), chunk.max(axis=0)) for chunk in chunks), strict=True)
    low, high = np.min(lows, axis=0).astype(np.float64), np.max(highs, axis=0).astype(np.float64)
    if scaling == "minmax":
        center, width = low, high - low
    else:  # the mean and the population standard deviation, summed in float64
        bounds = list(row_chunks(len(flat), flat.shape[1] * 8))
        center = sum(flat[a:b].sum(axis=0, dtype=np.float64) for a, b in bounds) / len(flat)
        squares = sum(np.square(flat[a:b] - center).sum(axis=0) for a, b in bounds)
        width = np.sqrt(squares / len(flat))
    # Not `width == 0`: the deviation of a constant column has a rounding error.
    varies = high > low
    scale = np.divide(1.0, width, out=np.zeros_like(width), where=varies)
    offset = 0.0 - center * scale  # not `-center * scale`, which is -0.0 for a constant column
    if is_image:
        return float(scale[0]), float(offset[0])
    if numeric is not None:
        scale, offset = np.where(numeric, scale, 1.0), np.where(numeric, offset, 0.0)
    return scale.astype(np.float32), offset.astype(np.float32)
