from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnlab.data.readers import npz
from nnlab.data.readers.npz import NpzFile
from nnlab.errors import DataError

WriteNpz = Callable[..., Path]


def test_arrays_are_concatenated(write_npz: WriteNpz) -> None:
    path = write_npz(a=np.arange(6).reshape(3, 2), b=np.array([[9.5, 8.5]]))
    assert NpzFile(path).read(["a", "b"], np.float32).tolist() == [
        [0, 1],
        [2, 3],
        [4, 5],
        [9.5, 8.5],
    ]


def test_arrays_are_read_in_chunks(write_npz: WriteNpz, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).normal(size=(100, 3, 2))
    path = write_npz(a=values)
    monkeypatch.setattr(npz, "row_chunks", lambda rows, _: [(0, 33), (33, 70), (70, rows)])
    assert (NpzFile(path).read(["a"], np.float64) == values).all()


def test_fortran_order_and_compression_are_supported(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(4, 3, 2))
    path = tmp_path / "data.npz"
    np.savez_compressed(path, a=np.asfortranarray(values))
    assert (NpzFile(path).read(["a"], np.float64) == values).all()


def test_arrays_are_writable(write_npz: WriteNpz) -> None:
    assert NpzFile(write_npz(a=np.arange(3))).read(["a"], np.float32).flags.writeable


def test_members_have_shape_and_type(write_npz: WriteNpz) -> None:
    assert str(NpzFile(write_npz(a=np.zeros((2, 3), np.uint8))).members["a"]) == "a (2, 3) uint8"


@pytest.mark.parametrize("content", [b"no archive", b"PK\x03\x04 cut off"])
def test_other_files_are_rejected(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"data\.npz: Expected a readable \.npz file"):
        NpzFile(path)


def test_flipped_byte_is_detected(write_npz: WriteNpz) -> None:
    path = write_npz(a=np.zeros(10_000))
    content = bytearray(path.read_bytes())
    content[5000] ^= 255
    path.write_bytes(content)
    with pytest.raises(DataError, match="Bad CRC"):
        NpzFile(path).read(["a"], np.float32)
