"""Memory that NumPy and TensorFlow share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.engine.runtime.arrays import as_tensor, shareable


def test_shareable_data_equals_the_data(moons: Callable[..., Experiment]) -> None:
    data = prepare(moons())
    shared = shareable(data)
    for old, new in ((data.train, shared.train), (data.test, shared.test)):
        assert old is not None
        assert new is not None
        np.testing.assert_array_equal(old.inputs["input"], new.inputs["input"])
        np.testing.assert_array_equal(old.targets["output"], new.targets["output"])
        assert new.inputs["input"].ctypes.data % 64 == 0
    assert shared.inputs is data.inputs


def test_tensor_of_shareable_rows_lies_in_their_memory(moons: Callable[..., Experiment]) -> None:
    rows = shareable(prepare(moons())).train.inputs["input"]
    tensor = as_tensor(rows)
    rows[0, 0] = 7.0
    assert tensor[0, 0] == 7.0
    assert shareable(prepare(moons())).train.inputs["input"][0, 0] != 7.0


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint8", "bool"])
def test_tensor_keeps_type_and_values(dtype: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)
    tensor = as_tensor(array)
    assert tensor.dtype.name == dtype
    np.testing.assert_array_equal(tensor.numpy(), array)


def test_array_that_cannot_be_shared_is_copied() -> None:
    backwards = np.arange(6, dtype=np.float32)[::-1]
    constant = np.zeros(4, np.float32)
    constant.flags.writeable = False
    np.testing.assert_array_equal(as_tensor(backwards).numpy(), backwards)
    np.testing.assert_array_equal(as_tensor(constant).numpy(), constant)
