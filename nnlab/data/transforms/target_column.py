"""Raw targets, before they are encoded for a loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.chunks import row_chunks
from nnlab.data.containers.issues import DataIssues, format_row_numbers
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.features import Missing
from nnlab.data.transforms.partition import encode_parts
from nnlab.data.transforms.split import Split
from nnlab.text import join_names

_PATH = "data.target"


@dataclass(frozen=True)
class TargetColumn:
    """The raw target of one output.

    Args:
        name: The output's name.
        columns: The source columns or array, for messages and class names.
        values: The classes, or numbers `(rows,)` or `(rows, columns)`.
    """

    name: str
    columns: tuple[str, ...]
    values: Categorical | NDArray[Any]

    def __str__(self) -> str:
        """Return the source for messages."""
        return f"`{join_names(self.columns)}`"

    def is_missing(self) -> NDArray[np.bool_]:
        """Return which rows have no target, `(rows,)`."""
        values = self.values
        return (
            values.is_missing() if isinstance(values, Categorical) else any_in_row(np.isnan, values)
        )

    def take(self, rows: NDArray[np.int64], storage: Storage) -> TargetColumn:
        """Return the given rows in the given order, without classes that no row has."""
        values = self.values
        if isinstance(values, Categorical):
            return TargetColumn(self.name, self.columns, values.take(rows).remove_unused())
        split = Split(rows, (len(rows), 0, 0))
        taken, *_ = encode_parts(split, storage, values.shape[1:], values.dtype, values.__getitem__)
        return TargetColumn(self.name, self.columns, taken)


def check_target(target: TargetColumn, missing: Missing, issues: DataIssues) -> bool:
    """Report missing and infinite targets; return whether all rows that are kept have a finite one.

    Missing targets are never imputed: they are errors unless `missing` is `drop`.
    """
    is_missing = target.is_missing()
    if is_missing.any() and missing != "drop":
        issues.add_data_error(
            f"Expected a target in every row. Received: none in {target}, "
            f"{format_row_numbers(np.flatnonzero(is_missing))}.",
            _PATH,
            "Fill these cells, or set data.missing: drop to leave out these rows.",
        )
        return False
    values = target.values
    is_infinite = np.zeros(0) if isinstance(values, Categorical) else any_in_row(np.isinf, values)
    if is_infinite.any():
        rows = format_row_numbers(np.flatnonzero(is_infinite))
        message = f"Expected finite numbers. Received: infinity in {target}, {rows}."
        issues.add_data_error(message, _PATH)
    return not is_infinite.any()


def any_in_row(
    predicate: Callable[[NDArray[Any]], NDArray[np.bool_]], values: NDArray[Any]
) -> NDArray[np.bool_]:
    """Return which rows contain a value for which the predicate holds, `(rows,)`, in chunks."""
    flat = values.reshape(len(values), -1)
    result = np.zeros(len(flat), np.bool_)
    for start, stop in row_chunks(len(flat), flat.shape[1] * flat.itemsize):
        result[start:stop] = predicate(flat[start:stop]).any(axis=1)
    return result
