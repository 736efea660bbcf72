from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlab.data.containers import chunks
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.target_column import TargetColumn, any_in_row, check_target
from nnlab.errors import DataError

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([1.0, NAN, NAN]), r"none in `y`, rows 2, 3\. .*drop"),
        (np.array([[1.0, NAN], [1.0, 2.0]]), r"none in `y`, row 1\."),
        (np.array([1.0, -INF]), r"infinity in `y`, row 2\."),
        (Categorical(np.array([0, -1], np.int32), ("a",)), r"none in `y`, row 2\."),
    ],
)
def test_missing_or_infinite_target_is_an_error(values: Any, message: str) -> None:
    issues = DataIssues("data")
    assert not check_target(TargetColumn("output", ("y",), values), "mean", issues)
    with pytest.raises(DataError, match=message):
        issues.raise_if_any()


def test_missing_target_is_valid_if_rows_are_dropped() -> None:
    issues = DataIssues("data")
    assert check_target(TargetColumn("output", ("y",), np.array([1.0, NAN])), "drop", issues)
    assert not issues


def test_any_in_row_works_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_CHUNK_BYTES", 100)
    values = np.zeros((1000, 3))
    values[[0, 17, 999], [0, 2, 1]] = NAN
    assert np.flatnonzero(any_in_row(np.isnan, values)).tolist() == [0, 17, 999]


@pytest.mark.parametrize("memory", [None, 0])
def test_take_keeps_the_requested_order(memory: int | None) -> None:
    target = TargetColumn("output", ("a", "b"), np.arange(20.0).reshape(10, 2))
    taken = target.take(np.array([7, 1, 1]), Storage(memory)).values
    assert isinstance(taken, np.ndarray)
    assert taken.tolist() == [[14, 15], [2, 3], [2, 3]]


def test_take_removes_unused_classes() -> None:
    target = TargetColumn(
        "output", ("a",), Categorical(np.array([2, 0, 1], np.int32), ("x", "y", "z"))
    )
    taken = target.take(np.array([0, 1]), Storage()).values
    assert isinstance(taken, Categorical)
    assert (taken.codes.tolist(), taken.categories) == ([1, 0], ("x", "z"))
