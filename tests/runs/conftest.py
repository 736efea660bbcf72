"""Disks that refuse: a tiny one, mounted for a test and taken away after it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB; `read_only` makes it one that cannot be written."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.name != "posix" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root and the mount program")
    command = [mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip(f"this machine does not let a test mount a disk: {answer.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run([shutil.which("umount") or "umount", str(disk)], check=True)


@pytest.fixture
def read_only_disk(small_disk: Path) -> Path:
    """A disk that cannot be written, not even by root."""
    mount = shutil.which("mount") or "mount"
    subprocess.run([mount, "-o", "remount,ro", str(small_disk)], check=True)
    return small_disk
