"""A folder of runs, and small and read-only disks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nnlab.runs import RunStatus
from tests.disks import mounted, remount
from tests.runs.builders import write_run


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 KiB."""
    disk = tmp_path / "disk"
    with mounted(disk, "size=64k"):
        yield disk


@pytest.fixture
def read_only_disk(small_disk: Path) -> Path:
    """Return a disk that is read-only, even for root."""
    remount(small_disk, "ro")
    return small_disk


@pytest.fixture
def runs_dir(tmp_path: Path) -> Path:
    """Return a folder with three complete runs, a hidden file and another folder."""
    runs_dir = tmp_path / "runs"
    for run_id, created, fields in (
        ("mnist-20261121T031500Z-aaa", "3", {"metrics": {"loss": 0.3}}),
        ("mnist-20261121T031600Z-bbb", "4", {"metrics": {"loss": 0.1}}),
        (
            "xor-20261121T031400Z-ccc",
            "2",
            {"metrics": {"loss": 0.2, "auc": 0.5}, "directions": {"auc": "max"}},
        ),
    ):
        write_run(runs_dir, run_id, status=RunStatus.COMPLETE, created=created, **fields)
    (runs_dir / ".gitkeep").touch()
    (runs_dir / "notes").mkdir()
    return runs_dir


@pytest.fixture
def search(runs_dir: Path) -> Path:
    """Write the runs of a search with one trial and the retrained best config."""
    path = runs_dir / "deep-tune-20261121T031300Z-ddd"
    write_run(runs_dir, path.name, status=RunStatus.COMPLETE, created="1", metrics={"loss": 0.05})
    write_run(path / "trials", "0")
    write_run(path, "best")
    return path
