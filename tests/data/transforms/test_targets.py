from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlab.config.vocabulary.losses import Loss
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.storage import Storage
from nnlab.data.transforms.targets import (
    EncodedTarget,
    ModelOutput,
    TargetColumn,
    check_target,
    encode_target,
)
from nnlab.errors import DataError

NAN, INF = float("nan"), float("inf")


def encode(values: Any, loss: str, units: int | None) -> EncodedTarget:
    values = values if isinstance(values, Categorical) else np.asarray(values, float)
    is_single = isinstance(values, Categorical) or values.ndim == 1
    issues = DataIssues("data")
    target = TargetColumn("output", ("y",) if is_single else ("y1", "y2", "y3"), values)
    encoded = encode_target(target, ModelOutput(Loss.parse(loss), units), issues)
    issues.raise_if_any()
    assert encoded is not None
    return encoded


def texts(*names: str) -> Categorical:
    return Categorical.from_values(np.array(names))


def test_text_classes_are_one_hot_in_sorted_order() -> None:
    target = encode(texts("b", "a", "c"), "categorical_crossentropy", 3)
    assert target.encode(slice(None)).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    assert target.encode(slice(None)).dtype == np.float32
    assert target.spec.classes == ("a", "b", "c")
    assert (target.spec.kind, target.spec.encoding, target.spec.units) == ("classes", "one_hot", 3)


def test_sparse_loss_keeps_codes() -> None:
    target = encode([0, 2, 1], "sparse_categorical_crossentropy", 3)
    assert target.encode(slice(None)).tolist() == [0, 2, 1]
    assert target.encode(slice(None)).dtype == np.int32
    assert (target.spec.encoding, target.spec.units) == ("integer", 1)


def test_integers_below_the_units_are_their_own_codes() -> None:
    target = encode([0, 3, 1], "sparse_categorical_crossentropy", 4)
    assert target.encode(slice(None)).tolist() == [0, 3, 1]
    assert target.spec.classes == ("0", "1", "2", "3")


def test_classes_from_1_are_renumbered() -> None:
    target = encode([1, 3, 2], "categorical_crossentropy", 3)
    assert target.encode(slice(None)).argmax(axis=1).tolist() == [0, 2, 1]
    assert target.spec.classes == ("1", "2", "3")


def test_two_classes_are_0_and_1_for_binary_crossentropy() -> None:
    target = encode(texts("no", "yes", "no"), "binary_crossentropy", 1)
    assert target.encode(slice(None)).tolist() == [[0], [1], [0]]
    assert target.encode(slice(None)).dtype == np.float32
    assert (target.spec.kind, target.spec.classes) == ("classes", ("no", "yes"))


@pytest.mark.parametrize("loss", ["binary_crossentropy", "hinge"])
def test_two_numbers_are_classes_for_a_binary_loss(loss: str) -> None:
    target = encode([2, 1, 2], loss, 1)
    assert target.encode(slice(None)).tolist() == [[1], [0], [1]]
    assert target.spec.classes == ("1", "2")


def test_numbers_stay_numbers_for_a_regression_loss() -> None:
    target = encode([1, 2, 1], "mean_squared_error", 1)
    assert target.encode(slice(None)).tolist() == [[1], [2], [1]]
    assert (target.spec.kind, target.spec.classes, target.classes) == ("number", (), None)


def test_probabilities_are_numbers_for_binary_crossentropy() -> None:
    assert encode([0.1, 0.9, 0.5], "binary_crossentropy", 1).spec.kind == "number"
    two = encode([0.25, 0.75], "binary_crossentropy", 1)
    assert two.encode(slice(None)).tolist() == [[0.25], [0.75]]


def test_classes_are_one_hot_for_a_regression_loss_with_one_unit_each() -> None:
    target = encode(texts("a", "b", "c"), "mean_squared_error", 3)
    assert target.encode(slice(None)).tolist() == np.eye(3).tolist()
    assert target.spec.encoding == "one_hot"


def test_two_classes_are_one_hot_for_two_units() -> None:
    assert encode(texts("a", "b"), "binary_crossentropy", 2).encode(slice(None)).tolist() == [
        [1, 0],
        [0, 1],
    ]


def test_numeric_classes_are_numbers_for_a_regression_loss() -> None:
    digits = Categorical.from_values(np.array([5, 0, 9]))
    target = encode(digits, "mean_squared_error", 1)
    assert target.encode(slice(None)).tolist() == [[5], [0], [9]]
    assert target.spec.kind == "number"


def test_several_columns_are_several_units() -> None:
    target = encode([[1, 2, 3], [4, 5, 6]], "mean_squared_error", 3)
    assert target.encode(slice(None)).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert target.spec.units == 3


def test_one_hot_columns_name_the_classes() -> None:
    target = encode([[0, 1, 0], [1, 0, 0]], "categorical_crossentropy", 3)
    assert target.encode(slice(None)).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert target.spec.classes == ("y1", "y2", "y3")


def test_one_hot_columns_become_codes_for_a_sparse_loss() -> None:
    target = encode([[0, 1, 0], [0, 0, 1]], "sparse_categorical_crossentropy", 3)
    assert target.encode(slice(None)).tolist() == [1, 2]


def test_class_probabilities_are_kept() -> None:
    target = encode([[0.5, 0.25, 0.25], [0, 0, 1]], "categorical_crossentropy", 3)
    assert target.encode(slice(None)).tolist() == [[0.5, 0.25, 0.25], [0, 0, 1]]


def test_embedding_units_do_not_limit_the_classes() -> None:
    target = encode(texts("a", "b", "c"), "circle", 2)
    assert target.encode(slice(None)).tolist() == [0, 1, 2]


def test_unknown_units_are_inferred_from_the_data() -> None:
    assert encode(texts("a", "b"), "mean_squared_error", None).spec.units == 1
    assert encode(texts("a", "b", "c"), "categorical_crossentropy", None).spec.units == 3


@pytest.mark.parametrize(
    ("values", "loss", "units", "message"),
    [
        ([1.5, 2, 3], "categorical_crossentropy", 3, r"1\.5 in `y`.*mean_squared_error"),
        ([0, 1, 2], "binary_crossentropy", 1, r"numbers from 0 to 1.*0 to 2.*sparse_categorical"),
        ([-3, 1, 2], "hinge", 1, r"numbers from -1 to 1.*-3 to 2"),
        ([1, 2, 3], "mean_squared_error", 3, r"1 column, `y`, units=3.*output to 1;"),
        (
            [[1, 2, 3], [4, 5, 6]],
            "mean_squared_error",
            1,
            r"3 columns.*units=1.*output to 3;",
        ),
        ([[1, 2, 3], [4, 5, 6]], "categorical_crossentropy", 3, "a column of 0 and 1 for each"),
        ([[0.5, 0.5, 0], [1, 0, 0]], "sparse_categorical_crossentropy", 3, "a column of 0 and 1"),
        (texts("a", "b", "c"), "categorical_crossentropy", 2, r"3 classes.*\(a, b, c\), units=2"),
        (texts("a", "b"), "sparse_categorical_crossentropy", 1, "binary_crossentropy"),
        (texts("a", "b"), "categorical_crossentropy", 5, r"units of the output to 2\."),
        ([5, 80, 3], "sparse_categorical_crossentropy", 2, "mean_squared_error"),
        (texts("a", "b", "c"), "sparse_categorical_crossentropy", 2, "output to 3"),
        (texts("a", "b", "c"), "binary_crossentropy", 1, r"two classes.*units=1.*3 classes"),
        (texts("a", "b", "c"), "mean_squared_error", 1, r"Expected numbers.*sparse_categorical"),
        (texts("a", "a"), "categorical_crossentropy", 2, r"two classes in `y`\. Received: a\."),
    ],
)
def test_target_that_does_not_match_its_loss_is_an_error(
    values: Any, loss: str, units: int, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        encode(values, loss, units)


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
