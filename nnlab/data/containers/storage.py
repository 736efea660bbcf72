"""Allocation of a data set's arrays: in memory, or on disk if they are too large."""

from __future__ import annotations

import math
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnlab.data.containers.memory import memory_limit
from nnlab.data.datasets.cache import cache_folder
from nnlab.errors import RunFailedError

# The rest is for the libraries, the index vectors, the model, and the page cache of the files.
_MEMORY_FRACTION = 0.25
# TensorFlow uses memory without a copy if it is aligned to this; a mapped file always is.
_ALIGNMENT = 64
_HINT = "Free some disk space, or set TMPDIR to a folder on a larger disk."


class Storage:
    """Allocates arrays in memory up to a limit in bytes, and further ones in files.

    The files have no names, so they disappear with the process however it ends. They are mapped
    into memory: the system loads and evicts their pages as needed.

    Example:
        >>> from nnlab.data.containers.prepared import is_on_disk
        >>> storage = Storage(memory=4000)
        >>> [is_on_disk(storage.empty((rows, 10), np.float32)) for rows in (80, 80, 20)]
        [False, True, False]
    """

    def __init__(self, memory: int | None = None) -> None:
        self._free_memory: float = math.inf if memory is None else memory

    @classmethod
    def default(cls) -> Storage:
        """Return a storage that uses up to a quarter of the machine's memory."""
        memory = memory_limit()
        return cls(None if memory is None else int(memory * _MEMORY_FRACTION))

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return an uninitialized array that TensorFlow can use without a copy.

        Raises a `RunFailedError` if no disk has enough free space.
        """
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if size > self._free_memory:
            return _create_file_array(size, shape, dtype)
        self._free_memory -= size
        buffer = np.empty(size + _ALIGNMENT, np.uint8)
        start = -buffer.ctypes.data % _ALIGNMENT
        return buffer[start : start + size].view(dtype).reshape(shape)

    def check_disk_space(self, size: int, on_disk: int) -> None:
        """Raise a `RunFailedError` if arrays of `size` bytes go to disk and do not fit there.

        On disk they take up to `on_disk` bytes. To be called before anything is read.
        """
        if size > self._free_memory:
            _find_temp_folder(on_disk)


def _create_file_array(size: int, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    folder = _find_temp_folder(size)
    try:
        with tempfile.TemporaryFile(dir=folder, prefix="nnlab-") as file:
            # Reserve the space now: a mapped file that runs out of it later kills the process.
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.truncate(size)
            return np.memmap(file, dtype, "r+", shape=shape)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunFailedError(
            f"Expected to write {_format_gigabytes(size)} to {folder}. Received: {reason}. {_HINT}"
        ) from error


def _find_temp_folder(size: int) -> Path:
    """Return the first folder for temporary files on a disk with `size` bytes free."""
    memory_devices = _memory_devices()
    free_bytes = {}
    for folder in (Path(tempfile.gettempdir()), Path("/var/tmp"), cache_folder().parent):  # noqa: S108
        with suppress(OSError):
            if folder.stat().st_dev not in memory_devices and os.access(folder, os.W_OK):
                free_bytes[folder] = shutil.disk_usage(folder).free
                if free_bytes[folder] >= size:
                    return folder
    candidates = [f"{_format_gigabytes(free)} in {folder}" for folder, free in free_bytes.items()]
    raise RunFailedError(
        f"Expected {_format_gigabytes(size)} free on disk for temporary files, as the data do not "
        f"fit in memory. Received: {', '.join(candidates) or 'no folder on a disk'}. {_HINT}"
    )


def _memory_devices() -> set[int]:
    """Return the devices of file systems that are in memory, such as tmpfs."""
    devices = set()
    with suppress(OSError):
        for line in Path("/proc/self/mounts").read_text().splitlines():
            _, folder, kind, *_ = line.split(" ")
            if kind in {"ramfs", "tmpfs"}:
                with suppress(OSError):
                    devices.add(Path(folder).stat().st_dev)
    return devices


def _format_gigabytes(size: int) -> str:
    return f"{size / 1e9:.2f} GB"
