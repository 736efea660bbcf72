from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nnlab.data.datasets.cache import cache_folder, cached_arrays


class Counted:
    """Makes arrays and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, path: Path) -> dict[str, NDArray[np.uint8]]:
        self.times += 1
        return {"x": np.frombuffer(path.read_bytes(), np.uint8)}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.csv"
    path.write_bytes(b"abc")
    return path


def test_arrays_are_made_once(source: Path) -> None:
    make = Counted()
    first, second = (cached_arrays(source, make) for _ in range(2))
    assert make.times == 1
    assert first["x"].tolist() == second["x"].tolist() == list(b"abc")
    assert second["x"].flags.writeable


def test_a_changed_source_is_read_anew(source: Path) -> None:
    make = Counted()
    cached_arrays(source, make)
    source.write_bytes(b"abcd")
    assert cached_arrays(source, make)["x"].tolist() == list(b"abcd")


def test_a_damaged_cache_is_made_anew(source: Path) -> None:
    make = Counted()
    cached_arrays(source, make)
    (kept,) = cache_folder().iterdir()
    kept.write_bytes(kept.read_bytes()[:50])
    assert cached_arrays(source, make)["x"].tolist() == list(b"abc")
    cached_arrays(source, make)
    assert make.times == 2


def test_a_folder_that_cannot_be_written_only_costs_time(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNLAB_CACHE_DIR", str(source / "below-a-file"))
    make = Counted()
    assert cached_arrays(source, make)["x"].tolist() == list(b"abc")
    cached_arrays(source, make)
    assert make.times == 2


def test_nothing_half_written_stays(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "replace", full)
    cached_arrays(source, Counted())
    assert list(cache_folder().iterdir()) == []


def test_folder_is_the_first_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/shared")
    assert cache_folder() == Path(os.environ["NNLAB_CACHE_DIR"])
    monkeypatch.delenv("NNLAB_CACHE_DIR")
    assert cache_folder() == Path("/shared/nnlab")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert cache_folder() == Path("/home/someone/.cache/nnlab")
