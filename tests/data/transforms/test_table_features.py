from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.prepared import Column, InputSpec
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.features import Missing
from nnlab.data.transforms.scaling import Scaling
from nnlab.data.transforms.split import Split
from nnlab.data.transforms.table_features import MOST_CATEGORIES, TableFeatures
from nnlab.errors import DataError, RequestError

NAN = np.nan


def features(
    numbers: list[list[float]],
    categories: dict[str, list[str]] | None = None,
    columns: tuple[str, ...] | None = None,
    encoding: Literal["one_hot", "integer"] = "one_hot",
) -> TableFeatures:
    """Number columns n0, n1, …, then categories; an empty text is a missing one."""
    matrix = np.array(numbers, np.float32)
    codes = {}
    for name, texts in (categories or {}).items():
        known = sorted({text for text in texts if text})
        positions = [known.index(text) if text else -1 for text in texts]
        codes[name] = Categorical(np.array(positions, np.int32), tuple(known))
    names = tuple(f"n{number}" for number in range(matrix.shape[1]))
    return TableFeatures("input", columns or (*names, *codes), matrix, codes, encoding)


def arranged(
    made: TableFeatures,
    sizes: tuple[int, int, int],
    missing: Missing = "error",
    scaling: Scaling = "none",
) -> tuple[list[list[list[float]]], InputSpec]:
    issues = DataIssues("table")
    parts, spec = made.arrange(Split(None, sizes), missing, scaling, issues, Storage())
    issues.raise_if_any()
    return [part.tolist() for part in parts], spec


def test_categories_become_a_feature_each_in_the_columns_order() -> None:
    made = features([[1], [2]], {"c": ["b", "a"]}, columns=("c", "n0"))
    parts, spec = arranged(made, (2, 0, 0))
    assert parts[0] == [[0, 1, 1], [1, 0, 2]]
    assert spec.shape == (3,)
    assert spec.columns == (
        Column("c", "category", None, ("a", "b"), "one_hot"),
        Column("n0", "number"),
    )


def test_category_not_seen_in_training_is_all_zeros() -> None:
    made = features([[0], [0], [0]], {"c": ["a", "b", "new"]})
    parts, spec = arranged(made, (2, 1, 0))
    assert parts[1] == [[0, 0, 0]]
    assert spec.columns[1].categories == ("a", "b")


def test_integer_codes_start_at_1_and_0_is_unknown() -> None:
    made = features([[], [], [], []], {"c": ["b", "a", "new", ""]}, encoding="integer")
    parts, spec = arranged(made, (2, 2, 0), missing="mean", scaling="standard")
    assert parts == [[[2], [1]], [[0], [0]], []]
    assert (spec.dtype, spec.scale) == ("int32", None)


@pytest.mark.parametrize(("missing", "fill"), [("mean", 5.0), ("median", 2.0)])
def test_gaps_are_filled_by_what_training_rows_hold(missing: Missing, fill: float) -> None:
    made = features([[1], [2], [12], [NAN], [1000], [NAN]])
    parts, spec = arranged(made, (4, 2, 0), missing=missing)
    assert parts == [[[1], [2], [12], [fill]], [[1000], [fill]], []]
    assert spec.columns[0].fill == fill


def test_a_column_without_gaps_learns_its_fill_too() -> None:
    _, spec = arranged(features([[1], [3]]), (2, 0, 0), missing="mean")
    assert spec.columns[0].fill == 2


def test_scale_is_learnt_after_filling_from_training_rows() -> None:
    made = features([[0], [NAN], [10], [99]])
    _, spec = arranged(made, (3, 1, 0), missing="median", scaling="minmax")
    assert np.allclose(np.asarray(spec.scale), [0.1])


def test_one_hot_features_are_not_scaled() -> None:
    made = features([[0], [4]], {"c": ["a", "b"]})
    _, spec = arranged(made, (2, 0, 0), scaling="minmax")
    assert np.asarray(spec.scale).tolist() == [0.25, 1, 1]
    assert np.asarray(spec.offset).tolist() == [0, 0, 0]


def test_numbers_stay_in_their_memory() -> None:
    matrix = np.arange(6, dtype=np.float32).reshape(3, 2)
    made = TableFeatures("input", ("a", "b"), matrix, {}, "one_hot")
    split = Split(np.array([2, 0, 1]), (2, 1, 0))
    parts, _ = made.arrange(split, "error", "standard", DataIssues("table"), Storage())
    assert np.shares_memory(parts[0], matrix)
    assert parts[0].tolist() == [[4, 5], [0, 1]]


def test_a_column_filled_from_no_training_row_is_a_fault() -> None:
    with pytest.raises(DataError, match="a training row of the column `n0`"):
        arranged(features([[NAN], [1]]), (1, 1, 0), missing="mean")


def test_rows_that_lack_a_value_are_told_apart() -> None:
    made = features([[1], [NAN], [3]], {"c": ["a", "b", ""]})
    lacking = made.check("drop", DataIssues("table"))
    assert lacking is not None
    assert lacking.tolist() == [False, True, True]


def test_missing_infinite_and_empty_columns_are_told_together() -> None:
    issues = DataIssues("table")
    made = features([[NAN, 1, NAN], [2, np.inf, NAN]], {"c": ["a", ""]})
    made.check("error", issues)
    lines = str(issues.error()).splitlines()
    assert [line.split("Received: ")[1].split(".")[0] for line in lines] == [
        "none in row 1",
        "infinity in the column `n1`, row 2",
        "none at all",
        "none in row 2",
    ]
    assert "data.missing: Expected a value in every row of the column `n0`" in lines[0]


def test_missing_categories_are_no_fault_where_gaps_are_filled() -> None:
    issues = DataIssues("table")
    features([[1], [2]], {"c": ["a", ""]}).check("mean", issues)
    assert not issues


def test_too_many_categories_are_a_fault_unless_codes_are_fed() -> None:
    texts = [f"id{number}" for number in range(MOST_CATEGORIES + 1)]
    issues = DataIssues("table")
    features([[] for _ in texts], {"c": texts}, encoding="integer").check("error", issues)
    assert not issues
    features([[] for _ in texts], {"c": texts}).check("error", issues)
    with pytest.raises(DataError, match=r"1001 in the column `c`.*Embedding"):
        issues.raise_if_any()


def test_codes_and_numbers_in_one_input_are_a_fault() -> None:
    issues = DataIssues("table")
    features([[1]], {"c": ["a"]}, encoding="integer").check("error", issues)
    with pytest.raises(RequestError, match=r"numbers \(n0\) and categories \(c\).*own"):
        issues.raise_if_any()
