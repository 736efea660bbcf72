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
    """Unpickling one of these would call a function: the reason pickles are refused."""

    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("unpickled",)


def test_train_and_test_arrays_are_one_with_the_test_rows_last(write_npz: WriteNpz) -> None:
    path = write_npz(x_train=[[1.0], [2]], y_train=[1, 2], x_test=[[3.0]], y_test=[3])
    arrays = read_npz(path)
    assert arrays.inputs["input"].tolist() == [[1], [2], [3]]
    assert np.asarray(arrays.targets["y"]).tolist() == [1, 2, 3]
    assert arrays.test_rows == 1


def test_x_and_y_have_no_test_rows(write_npz: WriteNpz) -> None:
    assert read_npz(write_npz(x=[[1.0]], y=[1])).test_rows == 0


def test_several_inputs_and_targets_have_names(write_npz: WriteNpz) -> None:
    path = write_npz(**{"x.left": [[1.0]], "x.right": [[2.0]], "y.a": [1], "y.b": [2]})
    arrays = read_npz(path)
    assert (list(arrays.inputs), list(arrays.targets)) == (["left", "right"], ["a", "b"])


@pytest.mark.parametrize(
    ("given", "read"),
    [("uint8", "uint8"), ("bool", "bool"), ("int64", "float32"), ("float64", "float32")],
)
def test_only_bytes_and_bools_keep_their_type(write_npz: WriteNpz, given: str, read: str) -> None:
    arrays = read_npz(write_npz(x=np.ones((2, 2), given), y=[0, 1]))
    assert arrays.inputs["input"].dtype == read


def test_a_flat_input_is_one_feature(write_npz: WriteNpz) -> None:
    assert read_npz(write_npz(x=[1.0, 2], y=[0, 1])).inputs["input"].shape == (2, 1)


def test_a_target_of_one_column_is_flat(write_npz: WriteNpz) -> None:
    target = read_npz(write_npz(x=[[1.0], [2]], y=[[0], [1]])).targets["y"]
    assert np.asarray(target).tolist() == [0, 1]


@pytest.mark.parametrize("labels", [["b", "a"], [True, False]])
def test_labels_of_text_or_bools_are_classes(write_npz: WriteNpz, labels: list[Any]) -> None:
    target = read_npz(write_npz(x=[[1.0], [2]], y=labels)).targets["y"]
    assert isinstance(target, Categorical)
    assert target.codes.tolist() == [1, 0]


def test_weights_go_by_the_name_that_is_asked_for(write_npz: WriteNpz) -> None:
    path = write_npz(x=[[1.0], [2]], y=[0, 1], importance=[0.5, 2])
    weights = read_npz(path, "importance").sample_weight
    assert weights is not None
    assert weights.tolist() == [0.5, 2]
    assert read_npz(path).sample_weight is None


X, Y = np.zeros((3, 2)), np.zeros(3)


@pytest.mark.parametrize(
    ("held", "message"),
    [
        ({"X": X, "labels": Y}, r"no x and no y among X, labels.*Name them x_train"),
        ({"x": X}, r"arrays x and y\. Received: no y among x"),
        ({"x": X, "y": Y, "x_train": X, "y_train": Y}, "Received both"),
        ({"x_train": X, "y_train": Y[:2]}, r"one number of rows.*x_train \(3, 2\).*y_train \(2,\)"),
        ({"x_train": X, "y_train": Y, "x_test": X}, "test rows in every array.*none for y"),
        (
            {"x_train": X, "y_train": Y, "x_test": X[:, :1], "y_test": Y},
            r"test rows of one shape.*x_train \(3, 2\) float64, x_test \(3, 1\)",
        ),
        ({"x": X, "y": Y, "x_val": X}, r"Received: x_val.*validation_split"),
        ({"x": X.astype("U"), "y": Y}, r"array of numbers\. Received: x \(3, 2\) <U"),
        ({"x": X, "y": np.array(5.0)}, r"array with rows\. Received: y \(\)"),
        ({"x": X, "y": np.array([CallsOnLoad()] * 3)}, "y of pickled Python objects"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    write_npz: WriteNpz, held: dict[str, Any], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DataError, match=message):
        read_npz(write_npz(**held))
    assert "unpickled" not in capsys.readouterr().out


def test_missing_weights_are_told(write_npz: WriteNpz) -> None:
    with pytest.raises(DataError, match=r"x and y and w\. Received: no w among x, y"):
        read_npz(write_npz(x=X, y=Y), "w")


def test_all_faults_are_told_together(write_npz: WriteNpz) -> None:
    with pytest.raises(DataError) as told:
        read_npz(write_npz(x_tarin=X, y_val=Y))
    assert len(str(told.value).splitlines()) == 3
