"""Keeps arrays that are slow to make in a folder of the user's, for the next run."""

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
    """Where nnlab keeps what it can make again.

    Returns:
        `$NNLAB_CACHE_DIR`, else `$XDG_CACHE_HOME/nnlab`, else `~/.cache/nnlab`.
    """
    own = os.environ.get("NNLAB_CACHE_DIR")
    if own:
        return Path(own).expanduser()
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path("~/.cache")).expanduser() / "nnlab"


def cached_arrays(
    source: Path, make: Callable[[Path], Mapping[str, NDArray[Any]]]
) -> dict[str, NDArray[Any]]:
    """Arrays made from a file, taken from the cache if they were made from it before.

    A cache that cannot be read or written is gone without: only time is lost.

    Args:
        source: The file that the arrays are made from; a change of it makes them anew.
        make: Makes them.

    Returns:
        The arrays by name, each of them in writable memory.

    Example:
        >>> import tempfile
        >>> with tempfile.NamedTemporaryFile() as file:
        ...     cached_arrays(Path(file.name), lambda path: {"x": np.arange(3)})["x"].tolist()
        [0, 1, 2]
    """
    state = source.stat()
    kept = cache_folder() / f"{source.name}-{state.st_size}-{state.st_mtime_ns}.npz"
    if kept.is_file():
        with suppress(DataError):  # damaged: made anew and overwritten
            file = NpzFile(kept)
            return {name: file.read([name], held.dtype) for name, held in file.members.items()}
    arrays = dict(make(source))
    with suppress(OSError):
        _write_whole(kept, arrays)
    return arrays


def _write_whole(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write beside, then rename, so that no other process ever reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, beside = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
