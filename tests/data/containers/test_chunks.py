from __future__ import annotations

import numpy as np
import pytest

from nnlab.data.containers import chunks
from nnlab.data.containers.chunks import permute_rows, row_chunks


@pytest.mark.parametrize("shape", [(1000, 7), (50, 28, 28), (9, 1)])
def test_permute_rows_equals_indexing(
    shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "_CHUNK_BYTES", 8000)  # several columns at a time
    generator = np.random.default_rng(0)
    array = generator.normal(size=shape)
    order = generator.permutation(len(array))
    expected = array[order]
    assert (permute_rows(array, order) == expected).all()


def test_permute_rows_works_in_place() -> None:
    array = np.arange(12.0).reshape(6, 2)
    assert np.shares_memory(permute_rows(array, np.array([5, 4, 3, 2, 1, 0])), array)


def test_permute_rows_drops_rows_that_are_not_in_the_order() -> None:
    assert permute_rows(np.arange(6).reshape(6, 1), np.array([4, 0])).tolist() == [[4], [0]]


def test_permute_rows_copies_read_only_arrays() -> None:
    array = np.frombuffer(bytes(range(4)), np.uint8).reshape(2, 2)
    assert permute_rows(array, np.array([1, 0])).tolist() == [[2, 3], [0, 1]]
    assert array.tolist() == [[0, 1], [2, 3]]


def test_chunks_contain_at_least_one_row() -> None:
    assert list(row_chunks(2, row_bytes=1000, chunk_bytes=10)) == [(0, 1), (1, 2)]
