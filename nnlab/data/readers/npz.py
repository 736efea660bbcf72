"""NPZ files: named NumPy arrays, read and converted in chunks."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnlab.data.containers.memory import row_chunks
from nnlab.errors import DataError


@dataclass(frozen=True)
class Member:
    """The name, shape and type of an array in an NPZ file."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __str__(self) -> str:
        """Return name, shape and type for messages."""
        return f"{self.name} {self.shape} {self.dtype}"


class NpzFile:
    """An NPZ file whose arrays are read on demand.

    Pickled objects are not read: they could run code.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.members: dict[str, Member] = {}
        with _translate_read_errors(self.path), zipfile.ZipFile(path) as archive:
            for entry in archive.namelist():
                with archive.open(entry) as file:
                    name = entry.removesuffix(".npy")
                    shape, _, dtype = read_header(file)
                    self.members[name] = Member(name, shape, dtype)

    def read(
        self,
        names: Sequence[str],
        dtype: np.dtype[Any] | type[np.generic],
        empty: Callable[[tuple[int, ...], DTypeLike], NDArray[Any]] = np.empty,
    ) -> NDArray[Any]:
        """Read arrays into one, concatenated along the rows, with a few MB of extra memory.

        Args:
            names: Arrays of shape `(rows, *shape)` with a common `shape`.
            dtype: The type that the values are converted to.
            empty: Allocates the result from a shape and a type. Defaults to `np.empty`.

        Returns:
            `(total rows, *shape)`.

        Raises:
            DataError: If the file is damaged.
        """
        members = [self.members[name] for name in names]
        rows = sum(member.shape[0] for member in members)
        array = empty((rows, *members[0].shape[1:]), dtype)
        start = 0
        with _translate_read_errors(self.path), zipfile.ZipFile(self.path) as archive:
            for member in members:
                with archive.open(f"{member.name}.npy") as file:
                    _read_rows(file, array[start : start + member.shape[0]])
                start += member.shape[0]
        return array


@contextmanager
def _translate_read_errors(path: Path) -> Iterator[None]:
    """Translate errors about a damaged archive into a `DataError`."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, KeyError) as error:
        raise DataError(f"{path}: Expected a readable .npz file. Received: {error}") from error


def read_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Read an array's shape, whether its order is Fortran's, and its type."""
    version = np.lib.format.read_magic(file)
    if version[0] == 1:
        return np.lib.format.read_array_header_1_0(file)
    # Version 3 differs from 2 only in the encoding of field names.
    return np.lib.format.read_array_header_2_0(file)


def _read_rows(file: IO[bytes], output: NDArray[Any]) -> None:
    shape, fortran_order, dtype = read_header(file)
    if fortran_order and len(shape) > 1:  # columns first: cannot be read row by row
        count = int(np.prod(shape))
        flat = np.frombuffer(_read_exactly(file, count * dtype.itemsize), dtype)
        output[...] = flat.reshape(shape[::-1]).transpose()
        return
    for start, stop in row_chunks(shape[0], dtype.itemsize * int(np.prod(shape[1:]))):
        chunk = output[start:stop]
        content = _read_exactly(file, dtype.itemsize * chunk.size)
        chunk[...] = np.frombuffer(content, dtype).reshape(chunk.shape)


def _read_exactly(file: IO[bytes], size: int) -> bytes:
    content = file.read(size)
    if len(content) != size:
        raise EOFError("a truncated array")
    return content
