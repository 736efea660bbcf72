"""Arrays as features: images, and numbers in columns without names."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.chunks import row_chunks
from nnlab.data.containers.issues import DataIssues, rows_text
from nnlab.data.containers.prepared import InputSpec
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.features import Features, Missing
from nnlab.data.transforms.partition import arrange_rows
from nnlab.data.transforms.scaling import Scaling, learn_scaling
from nnlab.data.transforms.split import Split


class ArrayFeatures(Features):
    """An array: images, or numbers in columns without names.

    Args:
        name: The input's name.
        values: [rows, *shape]: uint8 pixels, float32 numbers, or bools.
    """

    def __init__(self, name: str, values: NDArray[Any]) -> None:
        super().__init__(name)
        self._values = values

    def check(self, missing: Missing, issues: DataIssues) -> NDArray[np.bool_] | None:
        """Note NaN and infinity in an array of numbers."""
        if self._values.dtype.kind != "f":
            return None
        flat = self._values.reshape(len(self._values), -1)
        lacking, infinite = _not_finite(flat)
        if infinite.any():
            rows = rows_text(np.flatnonzero(infinite))
            issues.data(f"Expected finite numbers. Received: infinity in `{self.name}`, {rows}.")
        if not lacking.any():
            return None
        if missing != "drop":
            rows = rows_text(np.flatnonzero(lacking))
            issues.data(
                f"Expected a number everywhere. Received: NaN in `{self.name}`, {rows}.",
                hint="Fill them, or set data.missing to drop to leave such rows out.",
            )
        return lacking

    def arrange(
        self, split: Split, missing: Missing, scaling: Scaling, issues: DataIssues, storage: Storage
    ) -> tuple[list[NDArray[Any]], InputSpec]:
        """Put the rows in order; arrays are encoded already."""
        del missing, issues
        parts = arrange_rows(self._values, split, storage)
        self._values = self._values[:0].copy()  # lets go of the file that the rows were in
        scale, offset = learn_scaling(parts[0], scaling)
        if parts[0].dtype == np.bool_:
            parts = [part.view(np.uint8) for part in parts]
        shape, dtype = parts[0].shape[1:], parts[0].dtype.name
        spec = InputSpec(self.name, shape, dtype, scale=scale, offset=offset)
        return parts, spec


def _not_finite(flat: NDArray[np.float32]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows hold NaN, and which infinity, looked at a few rows at a time."""
    lacking, infinite = np.zeros(len(flat), np.bool_), np.zeros(len(flat), np.bool_)
    for start, stop in row_chunks(len(flat), flat.shape[1] * flat.itemsize):
        chunk = flat[start:stop]
        if not np.isfinite(chunk).all():
            lacking[start:stop] = np.isnan(chunk).any(axis=1)
            infinite[start:stop] = np.isinf(chunk).any(axis=1)
    return lacking, infinite
