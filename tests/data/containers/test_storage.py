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

MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - a folder in memory


@pytest.fixture
def no_large_files() -> Iterator[None]:
    """Limit the size of files to 1 MB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def mapped_files() -> list[str]:
    maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    return re.findall(r"(/\S+) \(deleted\)", maps)


def test_arrays_are_in_memory_without_a_limit() -> None:
    assert not is_on_disk(Storage().empty((1000, 1000), np.float64))


def test_arrays_beyond_the_limit_are_on_disk() -> None:
    storage = Storage(memory=1000)
    arrays = [storage.empty((size,), np.uint8) for size in (600, 600, 300, 200, 100)]
    assert [is_on_disk(array) for array in arrays] == [False, True, False, True, False]


@pytest.mark.parametrize("memory", [None, 0])
@pytest.mark.parametrize("shape", [(3, 7), (100_003, 5), (0, 5), (4, 0)])
def test_arrays_are_aligned_for_tensorflow(memory: int | None, shape: tuple[int, ...]) -> None:
    array = Storage(memory).empty(shape, np.float32)
    assert array.shape == shape
    assert array.dtype == np.float32
    assert array.flags.writeable
    assert array.flags.c_contiguous
    assert array.ctypes.data % 64 == 0 or not array.size


def test_array_on_disk_keeps_its_values() -> None:
    values = np.random.default_rng(0).normal(size=(1000, 3))
    array = Storage(memory=0).empty(values.shape, values.dtype)
    array[:] = values
    assert (array == values).all()


def test_views_of_an_array_on_disk_are_on_disk() -> None:
    array = Storage(memory=0).empty((10, 4), np.float32)
    assert is_on_disk(array[2:5].reshape(-1).view(np.int32))
    assert not is_on_disk(array[[1, 2]])
    assert not is_on_disk(array.copy())


def test_files_have_no_names(own_caches: Path) -> None:
    array = Storage(memory=0).empty((1000, 1000), np.float32)
    assert is_on_disk(array)
    assert list(own_caches.iterdir()) == []


def test_file_is_deleted_with_its_array() -> None:
    before = len(mapped_files())
    array = Storage(memory=0).empty((1000, 1000), np.float32)
    assert len(mapped_files()) == before + 1
    del array
    assert len(mapped_files()) == before


@pytest.mark.skipif(not MEMORY_FOLDER.is_dir(), reason="needs /dev/shm")
def test_folder_in_memory_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(MEMORY_FOLDER))
    array = Storage(memory=0).empty((1000, 1000), np.float32)
    assert is_on_disk(array)
    assert not [name for name in mapped_files() if name.startswith(str(MEMORY_FOLDER))]


def test_missing_disk_space_is_reported_in_advance(own_caches: Path) -> None:
    with pytest.raises(RunFailedError) as error:
        Storage(memory=0).check_disk_space(10**17, on_disk=2 * 10**17)
    message = str(error.value)
    assert "Expected 200000000.00 GB" in message
    assert re.search(rf"Received: .*[\d.]+ GB in {own_caches}", message)
    assert "TMPDIR" in message


def test_data_that_fit_in_memory_need_no_disk() -> None:
    Storage().check_disk_space(10**17, on_disk=2 * 10**17)
    Storage(memory=1000).check_disk_space(1000, on_disk=10**17)


def test_array_that_fits_on_no_disk_is_rejected() -> None:
    with pytest.raises(RunFailedError, match=r"4000000\.00 GB"):
        Storage(memory=0).empty((10**12, 1000), np.float32)


@pytest.mark.skipif(sys.platform != "linux", reason="reserves disk space in advance")
@pytest.mark.usefixtures("no_large_files")
def test_failed_write_is_reported(own_caches: Path) -> None:
    with pytest.raises(RunFailedError, match=rf"0\.00 GB to {own_caches}.*File too large"):
        Storage(memory=0).empty((1_100_000,), np.uint8)
    assert list(own_caches.iterdir()) == []
