from __future__ import annotations

import numpy as np

from nnlab.data.transforms.shuffle import shuffled_indices, split_generator


def test_epoch_order_visits_every_row_once() -> None:
    assert sorted(shuffled_indices(7, 3, 100).tolist()) == list(range(100))


def test_epoch_order_follows_from_seed_and_epoch_alone() -> None:
    before = shuffled_indices(7, 3, 100)
    shuffled_indices(7, 4, 1000)
    assert (before == shuffled_indices(7, 3, 100)).all()


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    orders = [shuffled_indices(seed, epoch, 50) for seed in (0, 1) for epoch in (0, 1)]
    assert len({tuple(order.tolist()) for order in orders}) == 4


def test_order_is_of_int64() -> None:
    assert shuffled_indices(0, 0, 3).dtype == np.int64


def test_split_draws_from_a_stream_of_its_own() -> None:
    assert (split_generator(7).permutation(50) != shuffled_indices(7, 0, 50)).any()
