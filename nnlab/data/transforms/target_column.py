"""Targets as the data hold them, before a loss says what they are to become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.chunks import row_chunks
from nnlab.data.containers.issues import DataIssues, rows_text
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.features import Missing
from nnlab.data.transforms.partition import encode_parts
from nnlab.data.transforms.split import Split
from nnlab.text import join_names

_PATH = "data.target"


@dataclass(frozen=True)
class TargetColumn:
    """A target as the data hold it.

    Args:
        name: Name of the output that it is for.
        columns: The columns or the array that it comes from, for messages and as names of classes.
        values: The codes of classes, or numbers [rows] or [rows, columns].
    """

    name: str
    columns: tuple[str, ...]
    values: Categorical | NDArray[Any]

    def __str__(self) -> str:
        """What messages call it."""
        return f"`{join_names(self.columns)}`"

    def missing(self) -> NDArray[np.bool_]:
        """Which rows have no target, [rows]."""
        values = self.values
        return values.missing() if isinstance(values, Categorical) else any_column(np.isnan, values)

    def take(self, rows: NDArray[np.int64], storage: Storage) -> TargetColumn:
        """The given rows, in the given order.

        Args:
            rows: Which ones.
            storage: Takes their numbers.
        """
        held = self.values
        if isinstance(held, Categorical):
            return TargetColumn(self.name, self.columns, held.take(rows).used())
        split = Split(rows, (len(rows), 0, 0))
        values, *_ = encode_parts(split, storage, held.shape[1:], held.dtype, held.__getitem__)
        return TargetColumn(self.name, self.columns, values)


def check_target(target: TargetColumn, missing: Missing, issues: DataIssues) -> bool:
    """Note rows from which no loss can be computed.

    Args:
        target: The target.
        missing: What becomes of missing values; a missing target is never filled.
        issues: Takes the faults.

    Returns:
        Whether the rows that stay have a finite target.
    """
    lacking = target.missing()
    if lacking.any() and missing != "drop":
        issues.data(
            f"Expected a target in every row. Received: none in {target}, "
            f"{rows_text(np.flatnonzero(lacking))}.",
            _PATH,
            "Fill the cells, or set data.missing to drop to leave such rows out.",
        )
        return False
    values = target.values
    infinite = np.zeros(0) if isinstance(values, Categorical) else any_column(np.isinf, values)
    if infinite.any():
        rows = rows_text(np.flatnonzero(infinite))
        issues.data(f"Expected finite numbers. Received: infinity in {target}, {rows}.", _PATH)
    return not infinite.any()


def any_column(
    test: Callable[[NDArray[Any]], NDArray[np.bool_]], values: NDArray[Any]
) -> NDArray[np.bool_]:
    """Which rows have a value that a test is true of, looked at a few rows at a time.

    Args:
        test: Tells of each of some values whether it is so.
        values: [rows] or [rows, columns].

    Returns:
        Which rows, [rows].
    """
    rows = values.reshape(len(values), -1)
    found = np.zeros(len(rows), np.bool_)
    for start, stop in row_chunks(len(rows), rows.shape[1] * rows.itemsize):
        found[start:stop] = test(rows[start:stop]).any(axis=1)
    return found
