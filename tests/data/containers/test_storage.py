from __future__ import annotations

import re
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nnlab.data.containers.prepared import is_on_disk
from nnlab.data.containers.storage import Storage
from nnlab.errors import RunFailedError

MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - a folder in memory, which is what is tested


@pytest.fixture
def no_large_files() -> Iterator[None]:
    """The system refuses files of more than 1 MB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def mapped_files() -> list[str]:
    maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    return re.findall(r"(/\S+) \(deleted\)", maps)


def test_arrays_are_in_memory_unless_it_is_limited() -> None:
    assert not is_on_disk(Storage().empty((1000, 1000), np.float64))


def test_arrays_together_take_no_more_memory_than_they_may() -> None:
    storage = Storage(memory=1000)
    made = [storage.empty((size,), np.uint8) for size in (600, 600, 300, 200, 100)]
    assert [is_on_disk(array) for array in made] == [False, True, False, True, False]


@pytest.mark.parametrize("memory", [None, 0])
@pytest.mark.parametrize("shape", [(3, 7), (100_003, 5), (0, 5), (4, 0)])
def test_arrays_are_as_tensorflow_takes_them_without_a_copy(
    memory: int | None, shape: tuple[int, ...]
) -> None:
    array = Storage(memory).empty(shape, np.float32)
    assert array.shape == shape
    assert array.dtype == np.float32
    assert array.flags.writeable
    assert array.flags.c_contiguous
    assert array.ctypes.data % 64 == 0 or not array.size


def test_what_is_written_to_disk_is_there() -> None:
    values = np.random.default_rng(0).normal(size=(1000, 3))
    array = Storage(memory=0).empty(values.shape, values.dtype)
    array[:] = values
    assert (array == values).all()


def test_views_of_an_array_on_disk_are_on_disk_and_copies_are_not() -> None:
    array = Storage(memory=0).empty((10, 4), np.float32)
    assert is_on_disk(array[2:5].reshape(-1).view(np.int32))
    assert not is_on_disk(array[[1, 2]])
    assert not is_on_disk(array.copy())


def test_files_have_no_names(own_caches: Path) -> None:
    array = Storage(memory=0).empty((1000, 1000), np.float32)
    assert is_on_disk(array)
    assert list(own_caches.iterdir()) == []


def test_a_file_is_gone_with_its_array() -> None:
    before = len(mapped_files())
    array = Storage(memory=0).empty((1000, 1000), np.float32)
    assert len(mapped_files()) == before + 1
    del array
    assert len(mapped_files()) == before


@pytest.mark.skipif(not MEMORY_FOLDER.is_dir(), reason="the system has no such folder")
def test_a_folder_that_is_memory_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(MEMORY_FOLDER))
    array = Storage(memory=0).empty((1000, 1000), np.float32)
    assert is_on_disk(array)
    assert not [name for name in mapped_files() if name.startswith(str(MEMORY_FOLDER))]


def test_too_little_room_on_disk_is_told_before_anything_is_read(own_caches: Path) -> None:
    with pytest.raises(RunFailedError) as told:
        Storage(memory=0).expect(10**17, on_disk=2 * 10**17)
    message = str(told.value)
    assert "Expected 200000000.00 GB free on disk" in message
    assert re.search(rf"Received: .*[\d.]+ GB in {own_caches}", message)
    assert "set TMPDIR" in message


def test_what_fits_into_memory_needs_no_disk() -> None:
    Storage().expect(10**17, on_disk=2 * 10**17)
    Storage(memory=1000).expect(1000, on_disk=10**17)


def test_an_array_that_no_disk_holds_is_refused() -> None:
    with pytest.raises(RunFailedError, match=r"Expected 4000000\.00 GB free"):
        Storage(memory=0).empty((10**12, 1000), np.float32)


@pytest.mark.skipif(sys.platform != "linux", reason="takes room on disk in advance")
@pytest.mark.usefixtures("no_large_files")
def test_a_disk_that_refuses_is_told(own_caches: Path) -> None:
    message = rf"Expected to write 0\.00 GB to {own_caches}\. Received: File too large\. Free some"
    with pytest.raises(RunFailedError, match=message):
        Storage(memory=0).empty((1_100_000,), np.uint8)
    assert list(own_caches.iterdir()) == []
