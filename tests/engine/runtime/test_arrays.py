"""Memory shared by NumPy and TensorFlow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.engine.runtime.arrays import align_arrays, as_tensor


def test_aligned_data_equals_the_original(moons: Callable[..., Experiment]) -> None:
    data = prepare(moons())
    aligned = align_arrays(data)
    for rows, aligned_rows in ((data.train, aligned.train), (data.test, aligned.test)):
        assert rows is not None
        assert aligned_rows is not None
        np.testing.assert_array_equal(rows.inputs["input"], aligned_rows.inputs["input"])
        np.testing.assert_array_equal(rows.targets["output"], aligned_rows.targets["output"])
        assert aligned_rows.inputs["input"].ctypes.data % 64 == 0
    assert aligned.inputs is data.inputs


def test_tensor_shares_the_memory_of_aligned_rows(moons: Callable[..., Experiment]) -> None:
    rows = align_arrays(prepare(moons())).train.inputs["input"]
    tensor = as_tensor(rows)
    rows[0, 0] = 7.0
    assert tensor[0, 0] == 7.0
    assert align_arrays(prepare(moons())).train.inputs["input"][0, 0] != 7.0


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint8", "bool"])
def test_tensor_keeps_dtype_and_values(dtype: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)
    tensor = as_tensor(array)
    assert tensor.dtype.name == dtype
    np.testing.assert_array_equal(tensor.numpy(), array)


def test_strided_and_read_only_arrays_are_copied() -> None:
    backwards = np.arange(6, dtype=np.float32)[::-1]
    read_only = np.zeros(4, np.float32)
    read_only.flags.writeable = False
    np.testing.assert_array_equal(as_tensor(backwards).numpy(), backwards)
    np.testing.assert_array_equal(as_tensor(read_only).numpy(), read_only)
