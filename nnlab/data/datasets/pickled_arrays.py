"""Pickled arrays in the files of `keras.datasets`, read without running code."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class ArraysUnpickler(pickle.Unpickler):
    """An unpickler that builds only arrays: a tampered file cannot run code."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a function that builds arrays; raise for any other."""
        if module in {"numpy.core.multiarray", "numpy._core.multiarray"} and name == "_reconstruct":
            return np._core.multiarray._reconstruct  # type: ignore[attr-defined] # noqa: SLF001 - the name in the file
        if (module, name) in {("numpy", "ndarray"), ("numpy", "dtype")}:
            return getattr(np, name)
        message = f"refused to call {module}.{name}"
        raise pickle.UnpicklingError(message)


def read_word_lists(path: Path) -> dict[str, NDArray[Any]]:
    """Read an NPZ file that contains pickled arrays of word lists, and arrays of numbers."""
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            file = io.BytesIO(archive.read(name))
            version = np.lib.format.read_magic(file)
            header = (
                np.lib.format.read_array_header_1_0
                if version[0] == 1
                else np.lib.format.read_array_header_2_0
            )
            pickled = header(file)[2].hasobject
            start = file.tell()
            file.seek(0)
            if pickled:
                file.seek(start)
                arrays[name.removesuffix(".npy")] = ArraysUnpickler(file).load()
            else:
                arrays[name.removesuffix(".npy")] = np.lib.format.read_array(file)
    return arrays
