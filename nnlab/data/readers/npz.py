"""NPZ files: NumPy arrays by name, read into one float32, int32 or uint8 array for each use."""

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

from nnlab.data.containers.chunks import row_chunks
from nnlab.errors import DataError


@dataclass(frozen=True)
class Member:
    """An array in an NPZ file, not read yet.

    Args:
        name: Its name.
        shape: Its shape.
        dtype: Its type.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __str__(self) -> str:
        """Name, shape and type, as messages show it."""
        return f"{self.name} {self.shape} {self.dtype}"


class NpzFile:
    """The arrays of an NPZ file, each read when it is asked for.

    Pickled objects are refused: they could run code, and are no arrays of numbers.

    Args:
        path: The file.

    Raises:
        DataError: If it is no NPZ file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.members: dict[str, Member] = {}
        with _reading(self.path), zipfile.ZipFile(path) as archive:
            for entry in archive.namelist():
                with archive.open(entry) as file:
                    name = entry.removesuffix(".npy")
                    shape, _, dtype = _read_header(file)
                    self.members[name] = Member(name, shape, dtype)

    def read(
        self,
        names: Sequence[str],
        dtype: np.dtype[Any] | type[np.generic],
        empty: Callable[[tuple[int, ...], DTypeLike], NDArray[Any]] = np.empty,
    ) -> NDArray[Any]:
        """Read arrays as one, their rows one below the other.

        Only a few MB are held besides the array that comes back, whatever its type in the file.

        Args:
            names: Arrays whose rows have one shape.
            dtype: The type that the values become.
            empty: Makes the array, of a shape and a type, that they are read into.

        Returns:
            [rows of all, *shape of a row].

        Raises:
            DataError: If the file is damaged.
        """
        members = [self.members[name] for name in names]
        rows = sum(member.shape[0] for member in members)
        whole = empty((rows, *members[0].shape[1:]), dtype)
        start = 0
        with _reading(self.path), zipfile.ZipFile(self.path) as archive:
            for member in members:
                with archive.open(f"{member.name}.npy") as file:
                    _read_rows(file, whole[start : start + member.shape[0]])
                start += member.shape[0]
        return whole


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what reading a broken archive raises into a `DataError`."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, KeyError) as error:
        message = f"{path}: Expected a readable .npz file. Received: {error}"
        raise DataError(message) from error


def _read_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(file)
    if version[0] == 1:
        return np.lib.format.read_array_header_1_0(file)
    return np.lib.format.read_array_header_2_0(
        file
    )  # version 3 differs in the names of fields alone


def _read_rows(file: IO[bytes], into: NDArray[Any]) -> None:
    shape, fortran_order, dtype = _read_header(file)
    if fortran_order and len(shape) > 1:  # columns first: not to be had row by row
        count = int(np.prod(shape))
        flat = np.frombuffer(_exactly(file, count * dtype.itemsize), dtype)
        into[...] = flat.reshape(shape[::-1]).transpose()
        return
    for start, stop in row_chunks(shape[0], dtype.itemsize * int(np.prod(shape[1:]))):
        part = into[start:stop]
        raw = _exactly(file, dtype.itemsize * part.size)
        part[...] = np.frombuffer(raw, dtype).reshape(part.shape)


def _exactly(file: IO[bytes], size: int) -> bytes:
    raw = file.read(size)
    if len(raw) != size:
        message = "an array that breaks off"
        raise EOFError(message)
    return raw
