"""Fills gaps among numbers by what the training rows hold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.chunks import row_chunks
from nnlab.data.containers.issues import DataIssues

_BLOCK_BYTES = 64 << 20


def impute(
    parts: list[NDArray[np.float32]],
    how: Literal["mean", "median"],
    names: tuple[str, ...],
    issues: DataIssues,
) -> list[float]:
    """Write the training rows' mean or median wherever a number is missing.

    Args:
        parts: Training, validation and test rows, [rows, columns] each, NaN where a number is
            missing; overwritten.
        how: What a gap is filled with.
        names: The columns' names.
        issues: Takes columns of which no training row holds a number.

    Returns:
        What each column's gaps are filled with, [columns].

    Example:
        >>> train, test = np.array([[1.0], [5.0]], np.float32), np.array([[np.nan]], np.float32)
        >>> impute([train, test], "mean", ("age",), DataIssues("people")), test.tolist()
        ([3.0], [[3.0]])
    """
    middles = _means(parts[0]) if how == "mean" else _medians(parts[0])
    for name, middle in zip(names, middles, strict=True):
        if np.isnan(middle):
            message = f"Expected a value in a training row of the column `{name}`. Received: none."
            issues.data(message, "data.features", "Leave the column out.")
    fills = np.nan_to_num(middles).astype(np.float32)
    for chunk in chain.from_iterable(map(_chunks, parts)):
        gaps = np.isnan(chunk)
        if gaps.any():
            chunk[gaps] = np.broadcast_to(fills, chunk.shape)[gaps]
    return [float(fill) for fill in fills]


def _chunks(rows: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    for start, stop in row_chunks(len(rows), rows.shape[1] * rows.itemsize):
        yield rows[start:stop]


def _means(numbers: NDArray[np.float32]) -> NDArray[np.float64]:
    """The mean of what is known of each column, [columns]; NaN where nothing is."""
    total, known = np.zeros((2, numbers.shape[1]))
    for chunk in _chunks(numbers):
        total += np.nansum(chunk, axis=0, dtype=np.float64)
        known += (~np.isnan(chunk)).sum(axis=0)
    return np.divide(total, known, out=np.full_like(total, np.nan), where=known > 0)


def _medians(numbers: NDArray[np.float32]) -> NDArray[np.float64]:
    """The median of what is known of each column, [columns]; NaN where nothing is."""
    medians = np.full(numbers.shape[1], np.nan)
    width = max(1, _BLOCK_BYTES // (len(numbers) * numbers.itemsize))
    for first in range(0, numbers.shape[1], width):
        # Out of a file several columns at a time: each page of it holds a piece of all of them.
        block = np.ascontiguousarray(numbers[:, first : first + width].T)
        for position, column in enumerate(block, first):
            known = column[~np.isnan(column)]
            if len(known):
                medians[position] = np.median(known, overwrite_input=True)
    return medians
