"""Small and read-only disks, mounted for a test."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(disk: Path, options: str) -> Iterator[None]:
    """Mount a disk in memory, with options such as `size=64k`; skip the test if not possible."""
    disk.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None or os.name != "posix" or os.geteuid() != 0:
        pytest.skip("mounting a disk requires root and the mount program")
    command = [mount, "-t", "tmpfs", "-o", options, "tmpfs", str(disk)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        pytest.skip(f"mounting failed: {result.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run([umount, str(disk)], check=True)


def remount(disk: Path, options: str) -> None:
    """Change the options of a mounted disk, for example to `ro`."""
    command = [shutil.which("mount") or "mount", "-o", f"remount,{options}", str(disk)]
    subprocess.run(command, check=True)
