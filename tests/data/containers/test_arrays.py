from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.data.containers.arrays import read_npz
from nnlab.data.containers.categorical import Categorical
from nnlab.errors import DataError

WriteNpz = Callable[..., Path]


class CallsOnLoad:
    """Calls a function when it is unpickled, the reason to reject pickles."""

    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("unpickled",)


def test_train_and_test_arrays_are_concatenated(write_npz: WriteNpz) -> None:
    path = write_npz(x_train=[[1.0], [2]], y_train=[1, 2], x_test=[[3.0]], y_test=[3])
    arrays = read_npz(path)
    assert arrays.inputs["input"].tolist() == [[1], [2], [3]]
    assert np.asarray(arrays.targets["y"]).tolist() == [1, 2, 3]
    assert arrays.test_rows == 1


def test_arrays_x_and_y_have_no_test_rows(write_npz: WriteNpz) -> None:
    assert read_npz(write_npz(x=[[1.0]], y=[1])).test_rows == 0


def test_suffixes_name_several_inputs_and_targets(write_npz: WriteNpz) -> None:
    path = write_npz(**{"x.left": [[1.0]], "x.right": [[2.0]], "y.a": [1], "y.b": [2]})
    arrays = read_npz(path)
    assert (list(arrays.inputs), list(arrays.targets)) == (["left", "right"], ["a", "b"])


@pytest.mark.parametrize(
    ("stored_dtype", "dtype"),
    [("uint8", "uint8"), ("bool", "bool"), ("int64", "float32"), ("float64", "float32")],
)
def test_only_uint8_and_bool_inputs_keep_their_dtype(
    write_npz: WriteNpz, stored_dtype: str, dtype: str
) -> None:
    arrays = read_npz(write_npz(x=np.ones((2, 2), stored_dtype), y=[0, 1]))
    assert arrays.inputs["input"].dtype == dtype


def test_one_dimensional_input_is_one_feature(write_npz: WriteNpz) -> None:
    assert read_npz(write_npz(x=[1.0, 2], y=[0, 1])).inputs["input"].shape == (2, 1)


def test_target_of_one_column_is_flattened(write_npz: WriteNpz) -> None:
    target = read_npz(write_npz(x=[[1.0], [2]], y=[[0], [1]])).targets["y"]
    assert np.asarray(target).tolist() == [0, 1]


@pytest.mark.parametrize("labels", [["b", "a"], [True, False]])
def test_text_and_bool_targets_are_classes(write_npz: WriteNpz, labels: list[Any]) -> None:
    target = read_npz(write_npz(x=[[1.0], [2]], y=labels)).targets["y"]
    assert isinstance(target, Categorical)
    assert target.codes.tolist() == [1, 0]


def test_weights_are_read_by_name(write_npz: WriteNpz) -> None:
    path = write_npz(x=[[1.0], [2]], y=[0, 1], importance=[0.5, 2])
    weights = read_npz(path, "importance").sample_weight
    assert weights is not None
    assert weights.tolist() == [0.5, 2]
    assert read_npz(path).sample_weight is None


X, Y = np.zeros((3, 2)), np.zeros(3)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"X": X, "labels": Y}, r"Received: X, labels; missing: x, y\."),
        ({"x": X}, r"Received: x; missing: y\."),
        ({"x": X, "y": Y, "x_train": X, "y_train": Y}, "x and y, or x_train and y_train"),
        (
            {"x_train": X, "y_train": Y[:2]},
            r"number of rows.*x_train \(3, 2\).*y_train \(2,\)",
        ),
        (
            {"x_train": X, "y_train": Y, "x_test": X},
            "test rows.*x_test; missing for: y",
        ),
        (
            {"x_train": X, "y_train": Y, "x_test": X[:, :1], "y_test": Y},
            r"same shape.*x_train \(3, 2\) float64, x_test \(3, 1\)",
        ),
        ({"x": X, "y": Y, "x_val": X}, r"Received: x_val.*validation_split"),
        ({"x": X.astype("U"), "y": Y}, r"numbers\. Received: x \(3, 2\) <U"),
        ({"x": X, "y": np.array(5.0)}, r"rows\. Received: y \(\)"),
        ({"x": X, "y": np.array([CallsOnLoad()] * 3)}, "y with pickled Python objects"),
    ],
)
def test_mismatched_arrays_are_rejected(
    write_npz: WriteNpz, arrays: dict[str, Any], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DataError, match=message):
        read_npz(write_npz(**arrays))
    assert "unpickled" not in capsys.readouterr().out


def test_missing_weights_are_reported(write_npz: WriteNpz) -> None:
    with pytest.raises(DataError, match=r"x, y, w\. Received: x, y; missing: w\."):
        read_npz(write_npz(x=X, y=Y), "w")


def test_all_issues_are_reported_together(write_npz: WriteNpz) -> None:
    with pytest.raises(DataError) as error:
        read_npz(write_npz(x_tarin=X, y_val=Y))
    assert len(str(error.value).splitlines()) == 3
