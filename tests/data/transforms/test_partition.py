from __future__ import annotations

import numpy as np
import pytest

from nnlab.data.containers import memory
from nnlab.data.containers.prepared import is_on_disk
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms import partition
from nnlab.data.transforms.partition import arrange_rows, encode_parts
from nnlab.data.transforms.split import Split


@pytest.fixture
def small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_CHUNK_BYTES", 300)
    monkeypatch.setattr(partition, "_BUCKET_BYTES", 1000)


def on_disk(values: np.ndarray) -> np.ndarray:
    array = Storage(memory=0).empty(values.shape, values.dtype)
    array[:] = values
    return array


@pytest.mark.usefixtures("small_buckets")
@pytest.mark.parametrize("sizes", [(700, 200, 100), (500, 0, 13), (1, 2, 3), (1000, 0, 0)])
@pytest.mark.parametrize("shape", [(3,), (2, 2)])
def test_arranging_on_disk_equals_indexing(
    sizes: tuple[int, int, int], shape: tuple[int, ...]
) -> None:
    generator = np.random.default_rng(0)
    values = generator.normal(size=(1000, *shape))
    split = Split(generator.permutation(1000)[: sum(sizes)], sizes)
    parts = arrange_rows(on_disk(values), split, Storage(memory=0))
    assert [is_on_disk(part) for part in parts] == [size > 0 for size in sizes]
    assert all(part.ctypes.data % 64 == 0 for part in parts if part.size)
    for part, places in zip(parts, split.slices(), strict=True):
        assert (part == values[split.rows_at(places.start, places.stop)]).all()


@pytest.mark.usefixtures("small_buckets")
def test_arranging_on_disk_without_order_splits_the_rows() -> None:
    values = np.arange(300).reshape(100, 3)
    parts = arrange_rows(on_disk(values), Split(None, (71, 0, 29)), Storage(memory=0))
    assert [part.tolist() for part in parts] == [values[:71].tolist(), [], values[71:].tolist()]


def test_single_part_on_disk_is_not_copied() -> None:
    array = on_disk(np.arange(30).reshape(10, 3))
    train, *others = arrange_rows(array, Split(None, (10, 0, 0)), Storage(memory=0))
    assert np.shares_memory(train, array)
    assert [len(part) for part in others] == [0, 0]


def test_arranging_in_memory_is_in_place() -> None:
    array = np.arange(30).reshape(10, 3)
    parts = arrange_rows(array, Split(np.arange(10)[::-1], (6, 3, 1)), Storage())
    assert all(np.shares_memory(part, array) for part in parts)
    assert [part[:, 0].tolist() for part in parts] == [[27, 24, 21, 18, 15, 12], [9, 6, 3], [0]]


@pytest.mark.usefixtures("small_buckets")
def test_parts_are_encoded_in_chunks() -> None:
    order = np.random.default_rng(0).permutation(1000)
    chunk_sizes: list[int] = []

    def encode(positions: slice | np.ndarray) -> np.ndarray:
        assert isinstance(positions, np.ndarray)
        chunk_sizes.append(len(positions))
        return np.stack([positions, positions * 2], axis=1)

    split = Split(order, (600, 300, 100))
    parts = encode_parts(split, Storage(), (2,), np.float32, encode)
    assert max(chunk_sizes) * 8 <= 300
    assert np.concatenate(parts)[:, 1].tolist() == (order * 2).tolist()
    assert [part.shape for part in parts] == [(600, 2), (300, 2), (100, 2)]
