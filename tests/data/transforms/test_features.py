from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.prepared import Column, InputSpec
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.features import (
    MAX_CATEGORIES,
    ArrayFeatures,
    Missing,
    TableFeatures,
    max_features,
)
from nnlab.data.transforms.scaling import Scaling
from nnlab.data.transforms.split import Split
from nnlab.errors import DataError, RequestError

NAN = np.nan
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


def features(
    numbers: list[list[float]],
    categories: dict[str, list[str]] | None = None,
    columns: tuple[str, ...] | None = None,
    encoding: Literal["one_hot", "integer"] = "one_hot",
) -> TableFeatures:
    """Return numeric columns n0, n1, …, then categories; an empty text is missing."""
    matrix = np.array(numbers, np.float32)
    categorical = {}
    for name, texts in (categories or {}).items():
        distinct = sorted({text for text in texts if text})
        codes = [distinct.index(text) if text else -1 for text in texts]
        categorical[name] = Categorical(np.array(codes, np.int32), tuple(distinct))
    names = tuple(f"n{number}" for number in range(matrix.shape[1]))
    return TableFeatures("input", columns or (*names, *categorical), matrix, categorical, encoding)


def arrange(
    table: TableFeatures,
    sizes: tuple[int, int, int],
    missing: Missing = "error",
    scaling: Scaling = "none",
) -> tuple[list[list[list[float]]], InputSpec]:
    issues = DataIssues("table")
    parts, spec = table.arrange(Split(None, sizes), missing, scaling, issues, Storage())
    issues.raise_if_any()
    return [part.tolist() for part in parts], spec


def test_max_features_counts_all_categories() -> None:
    town = Categorical.from_values(np.array(["Ayr", "Bath", "Ely"]))
    assert max_features(("town", "rooms"), {"town": town}, "one_hot") == 4
    assert max_features(("town", "rooms"), {"town": town}, "integer") == 2


def test_one_hot_features_follow_the_column_order() -> None:
    table = features([[1], [2]], {"c": ["b", "a"]}, columns=("c", "n0"))
    parts, spec = arrange(table, (2, 0, 0))
    assert parts[0] == [[0, 1, 1], [1, 0, 2]]
    assert spec.shape == (3,)
    assert spec.columns == (
        Column("c", "category", None, ("a", "b"), "one_hot"),
        Column("n0", "number"),
    )


def test_unseen_category_is_all_zeros() -> None:
    table = features([[0], [0], [0]], {"c": ["a", "b", "new"]})
    parts, spec = arrange(table, (2, 1, 0))
    assert parts[1] == [[0, 0, 0]]
    assert spec.columns[1].categories == ("a", "b")


def test_integer_codes_start_at_1_and_0_is_unknown() -> None:
    table = features([[], [], [], []], {"c": ["b", "a", "new", ""]}, encoding="integer")
    parts, spec = arrange(table, (2, 2, 0), missing="mean", scaling="standard")
    assert parts == [[[2], [1]], [[0], [0]], []]
    assert (spec.dtype, spec.scale) == ("int32", None)


@pytest.mark.parametrize(("missing", "fill"), [("mean", 5.0), ("median", 2.0)])
def test_missing_numbers_are_imputed_from_training_rows(missing: Missing, fill: float) -> None:
    table = features([[1], [2], [12], [NAN], [1000], [NAN]])
    parts, spec = arrange(table, (4, 2, 0), missing=missing)
    assert parts == [[[1], [2], [12], [fill]], [[1000], [fill]], []]
    assert spec.columns[0].fill == fill


def test_complete_column_has_a_fill_value() -> None:
    _, spec = arrange(features([[1], [3]]), (2, 0, 0), missing="mean")
    assert spec.columns[0].fill == 2


def test_scale_is_learned_after_imputation() -> None:
    table = features([[0], [NAN], [10], [99]])
    _, spec = arrange(table, (3, 1, 0), missing="median", scaling="minmax")
    assert np.allclose(np.asarray(spec.scale), [0.1])


def test_one_hot_features_are_not_scaled() -> None:
    table = features([[0], [4]], {"c": ["a", "b"]})
    _, spec = arrange(table, (2, 0, 0), scaling="minmax")
    assert np.asarray(spec.scale).tolist() == [0.25, 1, 1]
    assert np.asarray(spec.offset).tolist() == [0, 0, 0]


def test_numbers_are_arranged_in_place() -> None:
    matrix = np.arange(6, dtype=np.float32).reshape(3, 2)
    table = TableFeatures("input", ("a", "b"), matrix, {}, "one_hot")
    split = Split(np.array([2, 0, 1]), (2, 1, 0))
    parts, _ = table.arrange(split, "error", "standard", DataIssues("table"), Storage())
    assert np.shares_memory(parts[0], matrix)
    assert parts[0].tolist() == [[4, 5], [0, 1]]


def test_column_without_training_values_is_an_error() -> None:
    with pytest.raises(DataError, match="training value in the column `n0`"):
        arrange(features([[NAN], [1]]), (1, 1, 0), missing="mean")


def test_rows_with_missing_values_are_returned() -> None:
    table = features([[1], [NAN], [3]], {"c": ["a", "b", ""]})
    lacks_value = table.check("drop", DataIssues("table"))
    assert lacks_value is not None
    assert lacks_value.tolist() == [False, True, True]


def test_missing_and_infinite_values_are_reported_together() -> None:
    issues = DataIssues("table")
    table = features([[NAN, 1, NAN], [2, np.inf, NAN]], {"c": ["a", ""]})
    table.check("error", issues)
    lines = str(issues.error()).splitlines()
    assert [line.split("Received: ")[1].split(".")[0] for line in lines] == [
        "none in row 1",
        "infinity in the column `n1`, row 2",
        "only missing values",
        "none in row 2",
    ]
    assert "data.missing: " in lines[0]
    assert "`n0`" in lines[0]


def test_missing_categories_are_valid_with_imputation() -> None:
    issues = DataIssues("table")
    features([[1], [2]], {"c": ["a", ""]}).check("mean", issues)
    assert not issues


def test_too_many_categories_are_an_error_for_one_hot_encoding() -> None:
    texts = [f"id{number}" for number in range(MAX_CATEGORIES + 1)]
    issues = DataIssues("table")
    features([[] for _ in texts], {"c": texts}, encoding="integer").check("error", issues)
    assert not issues
    features([[] for _ in texts], {"c": texts}).check("error", issues)
    with pytest.raises(DataError, match=r"1001 in the column `c`.*Embedding"):
        issues.raise_if_any()


def test_integer_codes_and_numbers_in_one_input_are_an_error() -> None:
    issues = DataIssues("table")
    features([[1]], {"c": ["a"]}, encoding="integer").check("error", issues)
    with pytest.raises(RequestError, match=r"numbers \(n0\) and categories \(c\)"):
        issues.raise_if_any()
