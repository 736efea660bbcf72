from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nnlab.data.datasets.cache import cache_folder, cached_arrays


class CountingMake:
    """Makes arrays from a file and counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, path: Path) -> dict[str, NDArray[np.uint8]]:
        self.calls += 1
        return {"x": np.frombuffer(path.read_bytes(), np.uint8)}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.csv"
    path.write_bytes(b"abc")
    return path


def test_arrays_are_made_once(source: Path) -> None:
    make = CountingMake()
    first, second = (cached_arrays(source, make) for _ in range(2))
    assert make.calls == 1
    assert first["x"].tolist() == second["x"].tolist() == list(b"abc")
    assert second["x"].flags.writeable


def test_changed_source_is_read_again(source: Path) -> None:
    make = CountingMake()
    cached_arrays(source, make)
    source.write_bytes(b"abcd")
    assert cached_arrays(source, make)["x"].tolist() == list(b"abcd")


def test_damaged_cache_is_rewritten(source: Path) -> None:
    make = CountingMake()
    cached_arrays(source, make)
    (file,) = cache_folder().iterdir()
    file.write_bytes(file.read_bytes()[:50])
    assert cached_arrays(source, make)["x"].tolist() == list(b"abc")
    cached_arrays(source, make)
    assert make.calls == 2


def test_cache_folder_that_is_not_writable_is_ignored(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNLAB_CACHE_DIR", str(source / "below-a-file"))
    make = CountingMake()
    assert cached_arrays(source, make)["x"].tolist() == list(b"abc")
    cached_arrays(source, make)
    assert make.calls == 2


def test_failed_write_leaves_no_file(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def disk_full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "replace", disk_full)
    cached_arrays(source, CountingMake())
    assert list(cache_folder().iterdir()) == []


def test_cache_folder_follows_environment_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/shared")
    assert cache_folder() == Path(os.environ["NNLAB_CACHE_DIR"])
    monkeypatch.delenv("NNLAB_CACHE_DIR")
    assert cache_folder() == Path("/shared/nnlab")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert cache_folder() == Path("/home/someone/.cache/nnlab")
