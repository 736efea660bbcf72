from __future__ import annotations

import numpy as np
import pytest

from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.array_features import ArrayFeatures
from nnlab.data.transforms.features import Missing
from nnlab.data.transforms.split import Split
from nnlab.errors import DataError

ALL_TRAIN = Split(None, (3, 0, 0))


def test_images_are_not_copied() -> None:
    images = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    parts, spec = ArrayFeatures("input", images).arrange(
        ALL_TRAIN, "error", "minmax", DataIssues("images"), Storage()
    )
    assert np.shares_memory(parts[0], images)
    assert (spec.shape, spec.dtype, spec.scale) == ((2, 2), "uint8", 1 / 255)


def test_parts_are_views_in_the_order_of_the_split() -> None:
    values = np.array([[1.0], [2], [3]], np.float32)
    split = Split(np.array([2, 0, 1]), (1, 1, 1))
    parts, _ = ArrayFeatures("input", values).arrange(
        split, "error", "none", DataIssues("numbers"), Storage()
    )
    assert [part.tolist() for part in parts] == [[[3]], [[1]], [[2]]]
    assert all(np.shares_memory(part, values) for part in parts)


def test_bools_become_uint8_without_scaling() -> None:
    values = np.array([[True], [False], [True]])
    parts, spec = ArrayFeatures("input", values).arrange(
        ALL_TRAIN, "error", "minmax", DataIssues("words"), Storage()
    )
    assert parts[0].dtype == np.uint8
    assert parts[0].tolist() == [[1], [0], [1]]
    assert (spec.dtype, spec.scale) == ("uint8", None)


@pytest.mark.parametrize(("missing", "is_error"), [("error", True), ("drop", False)])
def test_nan_is_an_error_unless_rows_are_dropped(missing: Missing, is_error: bool) -> None:
    issues = DataIssues("numbers")
    features = ArrayFeatures("input", np.array([[1.0], [np.nan], [2]], np.float32))
    lacks_value = features.check(missing, issues)
    assert lacks_value is not None
    assert lacks_value.tolist() == [False, True, False]
    assert bool(issues) == is_error


def test_infinity_is_an_error() -> None:
    issues = DataIssues("numbers")
    ArrayFeatures("left", np.full((1, 2, 2), np.inf, np.float32)).check("drop", issues)
    with pytest.raises(DataError, match="infinity in `left`, row 1"):
        issues.raise_if_any()
