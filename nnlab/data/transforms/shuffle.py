"""The orders of rows that follow from a seed: each is a function of its arguments alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# One stream of random numbers for each purpose, so that none depends on how much another draws.
_SPLIT_STREAM = 0
_EPOCH_STREAM = 1


def split_generator(seed: int) -> np.random.Generator:
    """The source of chance for splitting rows into parts.

    Args:
        seed: The experiment's seed.

    Returns:
        A fresh generator.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_SPLIT_STREAM,)))


def shuffled_indices(seed: int, epoch: int, rows: int) -> NDArray[np.int64]:
    """The order in which an epoch visits the training rows.

    It depends on nothing else, so that a resumed training goes on as if it had never stopped.

    Args:
        seed: The experiment's seed.
        epoch: The epoch, from 0.
        rows: Number of training rows.

    Returns:
        A permutation of 0..rows-1, [rows].

    Example:
        >>> first = shuffled_indices(seed=42, epoch=0, rows=5)
        >>> bool((first == shuffled_indices(seed=42, epoch=0, rows=5)).all())
        True
        >>> sorted(first.tolist())
        [0, 1, 2, 3, 4]
    """
    stream = np.random.SeedSequence(seed, spawn_key=(_EPOCH_STREAM, epoch))
    return np.random.default_rng(stream).permutation(rows)
