"""A folder of runs, and disks that refuse, mounted for a test and taken away after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nnlab.runs import RunStatus
from tests.disks import mounted, remount
from tests.runs.made import keep


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB; `read_only` makes it one that cannot be written."""
    disk = tmp_path / "disk"
    with mounted(disk, "size=64k"):
        yield disk


@pytest.fixture
def read_only_disk(small_disk: Path) -> Path:
    """A disk that cannot be written, not even by root."""
    remount(small_disk, "ro")
    return small_disk


@pytest.fixture
def runs_dir(tmp_path: Path) -> Path:
    runs_dir = tmp_path / "runs"
    done = {"status": RunStatus.COMPLETE}
    keep(runs_dir, "mnist-20261121T031500Z-aaa", created="3", metrics={"loss": 0.3}, **done)
    keep(runs_dir, "mnist-20261121T031600Z-bbb", created="4", metrics={"loss": 0.1}, **done)
    keep(
        runs_dir,
        "xor-20261121T031400Z-ccc",
        created="2",
        metrics={"loss": 0.2, "auc": 0.5},
        directions={"auc": "max"},
        **done,
    )
    (runs_dir / ".gitkeep").touch()
    (runs_dir / "notes").mkdir()
    return runs_dir


@pytest.fixture
def search(runs_dir: Path) -> Path:
    """A search with one trial and the best trained again."""
    path = runs_dir / "deep-tune-20261121T031300Z-ddd"
    keep(runs_dir, path.name, status=RunStatus.COMPLETE, created="1", metrics={"loss": 0.05})
    keep(path / "trials", "0")
    keep(path, "best")
    return path
