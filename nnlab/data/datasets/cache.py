"""The user's cache folder, for arrays that are slow to make."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.readers.npz import NpzFile
from nnlab.errors import DataError


def cache_folder() -> Path:
    """Return `$NNLAB_CACHE_DIR`, `$XDG_CACHE_HOME/nnlab` or `~/.cache/nnlab`, the first defined."""
    nnlab_folder = os.environ.get("NNLAB_CACHE_DIR")
    if nnlab_folder:
        return Path(nnlab_folder).expanduser()
    xdg_folder = os.environ.get("XDG_CACHE_HOME")
    return (Path(xdg_folder) if xdg_folder else Path("~/.cache")).expanduser() / "nnlab"


def cached_arrays(
    source: Path, make: Callable[[Path], Mapping[str, NDArray[Any]]]
) -> dict[str, NDArray[Any]]:
    """Return the writable arrays that `make` returns for a file, from the cache if they are there.

    The key is the file's name, size and time of change. Errors of the cache are ignored.
    """
    stat = source.stat()
    path = cache_folder() / f"{source.name}-{stat.st_size}-{stat.st_mtime_ns}.npz"
    if path.is_file():
        with suppress(DataError):  # damaged: overwritten below
            npz = NpzFile(path)
            return {name: npz.read([name], member.dtype) for name, member in npz.members.items()}
    arrays = dict(make(source))
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            Path(temporary).replace(path)  # no process ever reads an incomplete file
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    return arrays
