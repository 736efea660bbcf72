"""Where the arrays of a data set are held: in memory, and on disk what is too much for it."""

from __future__ import annotations

import math
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnlab.data.containers.memory import memory_limit
from nnlab.data.datasets.cache import cache_folder
from nnlab.errors import RunFailedError

# The rest is for the libraries, for the vectors that say which row goes where, for the model, and
# for the system, which keeps in memory what it can of the files.
_SHARE_OF_MEMORY = 0.25
# TensorFlow takes memory as it is where it starts at a multiple of this; a file always does.
_ALIGNMENT = 64


class Storage:
    """Makes arrays: in memory until a number of bytes is used up, from then on in files.

    The files have no names, so that they are gone with the process however it ends, and are mapped
    into memory: the system reads and writes them as it is used, and takes their memory back when it
    needs it.

    Args:
        memory: Bytes that the arrays may take in memory together; None: any number.

    Example:
        >>> from nnlab.data.containers.prepared import is_on_disk
        >>> storage = Storage(memory=4000)
        >>> [is_on_disk(storage.empty((rows, 10), np.float32)) for rows in (80, 80, 20)]
        [False, True, False]
    """

    def __init__(self, memory: int | None = None) -> None:
        self._left: float = math.inf if memory is None else memory

    @classmethod
    def of_this_machine(cls) -> Storage:
        """One that takes a quarter of the machine's memory."""
        memory = memory_limit()
        return cls(None if memory is None else int(memory * _SHARE_OF_MEMORY))

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """An array without values, where TensorFlow can take it without a copy.

        Args:
            shape: Its shape.
            dtype: Its type.

        Returns:
            The array.

        Raises:
            RunFailedError: No disk has room for it.
        """
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if size > self._left:
            return _in_file(size, shape, dtype)
        self._left -= size
        room = np.empty(size + _ALIGNMENT, np.uint8)
        start = -room.ctypes.data % _ALIGNMENT
        return room[start : start + size].view(dtype).reshape(shape)

    def expect(self, size: int, on_disk: int) -> None:
        """Refuse what will not fit on disk, before any of it is read.

        Args:
            size: Bytes of the arrays to come.
            on_disk: Bytes that they take there at most, in case they go there.

        Raises:
            RunFailedError: They go to disk, and none has room for them.
        """
        if size > self._left:
            _folder_with_room(on_disk)


def _in_file(size: int, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    folder = _folder_with_room(size)
    try:
        with tempfile.TemporaryFile(dir=folder, prefix="nnlab-") as file:
            _reserve(file, size)
            return np.memmap(file, dtype, "r+", shape=shape)
    except OSError as error:
        what = error.strerror or str(error)
        message = f"Expected to write {_size_text(size)} to {folder}. Received: {what}. {_HINT}"
        raise RunFailedError(message) from error


def _reserve(file: IO[bytes], size: int) -> None:
    """Take the room on disk now: a mapped file that finds none later kills the process."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
    else:
        file.truncate(size)


_HINT = "Free some space, or set TMPDIR to a folder on a larger disk."


def _folder_with_room(size: int) -> Path:
    """The first folder for temporary files that is on a disk and has so many bytes free."""
    in_memory = _memory_devices()
    free = {}
    for folder in (Path(tempfile.gettempdir()), Path("/var/tmp"), cache_folder().parent):  # noqa: S108
        with suppress(OSError):
            if folder.stat().st_dev not in in_memory and os.access(folder, os.W_OK):
                free[folder] = shutil.disk_usage(folder).free
                if free[folder] >= size:
                    return folder
    places = [f"{_size_text(room)} in {folder}" for folder, room in free.items()]
    message = (
        f"Expected {_size_text(size)} free on disk for temporary files, as the data are too large "
        f"for memory. Received: {', '.join(places) or 'no folder on a disk'}. {_HINT}"
    )
    raise RunFailedError(message)


def _memory_devices() -> set[int]:
    """The devices that look like disks and are memory."""
    devices = set()
    with suppress(OSError):
        for line in Path("/proc/self/mounts").read_text().splitlines():
            _, folder, kind, *_ = line.split(" ")
            if kind in {"ramfs", "tmpfs"}:
                with suppress(OSError):
                    devices.add(Path(folder).stat().st_dev)
    return devices


def _size_text(size: int) -> str:
    return f"{size / 1e9:.2f} GB"
