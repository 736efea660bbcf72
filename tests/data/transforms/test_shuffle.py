from __future__ import annotations

import numpy as np

from nnlab.data.transforms.shuffle import shuffled_indices, split_generator


def test_shuffled_indices_are_a_permutation() -> None:
    assert sorted(shuffled_indices(7, 3, 100).tolist()) == list(range(100))


def test_shuffled_indices_depend_only_on_their_arguments() -> None:
    before = shuffled_indices(7, 3, 100)
    shuffled_indices(7, 4, 1000)
    assert (before == shuffled_indices(7, 3, 100)).all()


def test_each_epoch_and_seed_has_a_different_order() -> None:
    orders = [shuffled_indices(seed, epoch, 50) for seed in (0, 1) for epoch in (0, 1)]
    assert len({tuple(order.tolist()) for order in orders}) == 4


def test_shuffled_indices_are_int64() -> None:
    assert shuffled_indices(0, 0, 3).dtype == np.int64


def test_split_uses_a_separate_random_stream() -> None:
    assert (split_generator(7).permutation(50) != shuffled_indices(7, 0, 50)).any()
