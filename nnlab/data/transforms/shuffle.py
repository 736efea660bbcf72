"""Random orders of rows, each a function of the seed alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# A separate stream of random numbers per purpose: none depends on how much another draws.
_SPLIT_STREAM = 0
_EPOCH_STREAM = 1


def split_generator(seed: int) -> np.random.Generator:
    """Return the random generator for the split of the rows."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_SPLIT_STREAM,)))


def shuffled_indices(seed: int, epoch: int, rows: int) -> NDArray[np.int64]:
    """Return the order of the training rows in an epoch (from 0), a permutation of `(rows,)`.

    It depends only on the arguments, so a resumed training continues with the same order.
    """
    stream = np.random.SeedSequence(seed, spawn_key=(_EPOCH_STREAM, epoch))
    return np.random.default_rng(stream).permutation(rows)
