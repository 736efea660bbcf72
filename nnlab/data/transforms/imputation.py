"""Imputation of missing numbers from the training rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.memory import row_chunks

_BLOCK_BYTES = 64 << 20


def impute(
    parts: list[NDArray[np.float32]],
    strategy: Literal["mean", "median"],
    names: tuple[str, ...],
    issues: DataIssues,
) -> list[float]:
    """Replace missing numbers by the mean or median of the training rows.

    Args:
        parts: Training, validation and test rows, `(rows, columns)` each, NaN where a number is
            missing; overwritten.
        strategy: The statistic.
        names: The columns' names.
        issues: Receives an error for each column without a number in the training rows.

    Returns:
        The number that replaces missing ones, for each column.
    """
    statistics = _means(parts[0]) if strategy == "mean" else _medians(parts[0])
    for name, statistic in zip(names, statistics, strict=True):
        if np.isnan(statistic):
            issues.add_data_error(
                f"Expected at least one training value in the column `{name}`. Received: none.",
                "data.features",
                "Leave out the column.",
            )
    fills = np.nan_to_num(statistics).astype(np.float32)
    for chunk in chain.from_iterable(map(_chunks, parts)):
        is_missing = np.isnan(chunk)
        if is_missing.any():
            chunk[is_missing] = np.broadcast_to(fills, chunk.shape)[is_missing]
    return [float(fill) for fill in fills]


def _chunks(rows: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    for start, stop in row_chunks(len(rows), rows.shape[1] * rows.itemsize):
        yield rows[start:stop]


def _means(numbers: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the mean of each column without NaN, `(columns,)`; NaN for an empty column."""
    total, count = np.zeros((2, numbers.shape[1]))
    for chunk in _chunks(numbers):
        total += np.nansum(chunk, axis=0, dtype=np.float64)
        count += (~np.isnan(chunk)).sum(axis=0)
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def _medians(numbers: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the median of each column without NaN, `(columns,)`; NaN for an empty column."""
    medians = np.full(numbers.shape[1], np.nan)
    width = max(1, _BLOCK_BYTES // (len(numbers) * numbers.itemsize))
    for first in range(0, numbers.shape[1], width):
        # Several columns at a time: each page of a mapped file holds values of all columns.
        block = np.ascontiguousarray(numbers[:, first : first + width].T)
        for position, column in enumerate(block, first):
            values = column[~np.isnan(column)]
            if len(values):
                medians[position] = np.median(values, overwrite_input=True)
    return medians
