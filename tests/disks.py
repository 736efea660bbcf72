"""Disks that are small or cannot be written, mounted for a test."""

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
    """Mount a disk in memory on a new folder; the test is skipped where none can be.

    Args:
        disk: The folder.
        options: Of the disk, such as `size=64k`.
    """
    disk.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None or os.name != "posix" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root and the mount program")
    command = [mount, "-t", "tmpfs", "-o", options, "tmpfs", str(disk)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip(f"this machine does not let a test mount a disk: {answer.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run([umount, str(disk)], check=True)


def remount(disk: Path, options: str) -> None:
    """Give a disk that is mounted other options.

    Args:
        disk: Its folder.
        options: The options, such as `ro`.
    """
    command = [shutil.which("mount") or "mount", "-o", f"remount,{options}", str(disk)]
    subprocess.run(command, check=True)
