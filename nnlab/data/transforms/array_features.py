"""Features from arrays: images, and numbers without column names."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.chunks import row_chunks
from nnlab.data.containers.issues import DataIssues, format_row_numbers
from nnlab.data.containers.prepared import InputSpec
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.features import Features, Missing
from nnlab.data.transforms.partition import arrange_rows
from nnlab.data.transforms.scaling import Scaling, learn_scaling
from nnlab.data.transforms.split import Split


class ArrayFeatures(Features):
    """An array of images, or of numbers without column names.

    Args:
        name: The input's name.
        values: `(rows, *shape)`: uint8 pixels, float32 numbers or bools.
    """

    def __init__(self, name: str, values: NDArray[Any]) -> None:
        super().__init__(name)
        self._values = values

    def check(self, missing: Missing, issues: DataIssues) -> NDArray[np.bool_] | None:
        """Report NaN and infinity in an array of numbers."""
        if self._values.dtype.kind != "f":
            return None
        flat = self._values.reshape(len(self._values), -1)
        has_nan, has_infinity = _find_non_finite(flat)
        if has_infinity.any():
            rows = format_row_numbers(np.flatnonzero(has_infinity))
            issues.add_data_error(
                f"Expected finite numbers. Received: infinity in `{self.name}`, {rows}."
            )
        if not has_nan.any():
            return None
        if missing != "drop":
            rows = format_row_numbers(np.flatnonzero(has_nan))
            issues.add_data_error(
                f"Expected numbers without gaps. Received: NaN in `{self.name}`, {rows}.",
                hint="Fill them, or set data.missing: drop to leave out these rows.",
            )
        return has_nan

    def arrange(
        self, split: Split, missing: Missing, scaling: Scaling, issues: DataIssues, storage: Storage
    ) -> tuple[list[NDArray[Any]], InputSpec]:
        """Reorder the rows; arrays need no encoding."""
        del missing, issues
        parts = arrange_rows(self._values, split, storage)
        self._values = self._values[:0].copy()  # releases the file that held the rows
        scale, offset = learn_scaling(parts[0], scaling)
        if parts[0].dtype == np.bool_:
            parts = [part.view(np.uint8) for part in parts]
        shape, dtype = parts[0].shape[1:], parts[0].dtype.name
        spec = InputSpec(self.name, shape, dtype, scale=scale, offset=offset)
        return parts, spec


def _find_non_finite(flat: NDArray[np.float32]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which rows contain NaN, and which infinity, `(rows,)` each."""
    has_nan, has_infinity = np.zeros(len(flat), np.bool_), np.zeros(len(flat), np.bool_)
    for start, stop in row_chunks(len(flat), flat.shape[1] * flat.itemsize):
        chunk = flat[start:stop]
        if not np.isfinite(chunk).all():
            has_nan[start:stop] = np.isnan(chunk).any(axis=1)
            has_infinity[start:stop] = np.isinf(chunk).any(axis=1)
    return has_nan, has_infinity
