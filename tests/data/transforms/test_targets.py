from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlab.config.vocabulary.losses import Loss
from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues
from nnlab.data.transforms.target_column import TargetColumn
from nnlab.data.transforms.targets import EncodedTarget, Output, encode_target
from nnlab.errors import DataError

NAN, INF = float("nan"), float("inf")


def encoded(values: Any, loss: str, units: int | None) -> EncodedTarget:
    held = values if isinstance(values, Categorical) else np.asarray(values, float)
    columns = ("y",) if isinstance(held, Categorical) or held.ndim == 1 else ("y1", "y2", "y3")
    issues = DataIssues("data")
    target = TargetColumn("output", columns, held)
    found = encode_target(target, Output(Loss.parse(loss), units), issues)
    issues.raise_if_any()
    assert found is not None
    return found


def texts(*names: str) -> Categorical:
    return Categorical.of(np.array(names))


def test_text_becomes_one_hot_in_sorted_order() -> None:
    target = encoded(texts("b", "a", "c"), "categorical_crossentropy", 3)
    assert target.encode(slice(None)).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    assert target.encode(slice(None)).dtype == np.float32
    assert target.spec.classes == ("a", "b", "c")
    assert (target.spec.kind, target.spec.encoding, target.spec.units) == ("classes", "one_hot", 3)


def test_sparse_loss_keeps_codes() -> None:
    target = encoded([0, 2, 1], "sparse_categorical_crossentropy", 3)
    assert target.encode(slice(None)).tolist() == [0, 2, 1]
    assert target.encode(slice(None)).dtype == np.int32
    assert (target.spec.encoding, target.spec.units) == ("integer", 1)


def test_labels_below_the_width_keep_their_number_though_one_is_absent() -> None:
    target = encoded([0, 3, 1], "sparse_categorical_crossentropy", 4)
    assert target.encode(slice(None)).tolist() == [0, 3, 1]
    assert target.spec.classes == ("0", "1", "2", "3")


def test_labels_from_1_are_renumbered() -> None:
    target = encoded([1, 3, 2], "categorical_crossentropy", 3)
    assert target.encode(slice(None)).argmax(axis=1).tolist() == [0, 2, 1]
    assert target.spec.classes == ("1", "2", "3")


def test_two_classes_are_0_and_1_for_a_number_loss() -> None:
    target = encoded(texts("no", "yes", "no"), "binary_crossentropy", 1)
    assert target.encode(slice(None)).tolist() == [[0], [1], [0]]
    assert target.encode(slice(None)).dtype == np.float32
    assert (target.spec.kind, target.spec.classes) == ("classes", ("no", "yes"))


@pytest.mark.parametrize("loss", ["binary_crossentropy", "hinge"])
def test_two_numbers_are_classes_where_the_loss_tells_two_apart(loss: str) -> None:
    target = encoded([2, 1, 2], loss, 1)
    assert target.encode(slice(None)).tolist() == [[1], [0], [1]]
    assert target.spec.classes == ("1", "2")


def test_numbers_stay_numbers_for_a_number_loss() -> None:
    target = encoded([1, 2, 1], "mean_squared_error", 1)
    assert target.encode(slice(None)).tolist() == [[1], [2], [1]]
    assert (target.spec.kind, target.spec.classes, target.classes) == ("number", (), None)


def test_shares_are_numbers_for_binary_crossentropy() -> None:
    assert encoded([0.1, 0.9, 0.5], "binary_crossentropy", 1).spec.kind == "number"
    two = encoded([0.25, 0.75], "binary_crossentropy", 1)
    assert two.encode(slice(None)).tolist() == [[0.25], [0.75]]


def test_several_classes_become_one_hot_for_a_number_loss_of_their_width() -> None:
    target = encoded(texts("a", "b", "c"), "mean_squared_error", 3)
    assert target.encode(slice(None)).tolist() == np.eye(3).tolist()
    assert target.spec.encoding == "one_hot"


def test_two_classes_become_one_hot_for_two_units() -> None:
    assert encoded(texts("a", "b"), "binary_crossentropy", 2).encode(slice(None)).tolist() == [
        [1, 0],
        [0, 1],
    ]


def test_classes_that_are_numbers_can_be_regressed() -> None:
    digits = Categorical.of(np.array([5, 0, 9]))
    target = encoded(digits, "mean_squared_error", 1)
    assert target.encode(slice(None)).tolist() == [[5], [0], [9]]
    assert target.spec.kind == "number"


def test_several_columns_are_several_numbers() -> None:
    target = encoded([[1, 2, 3], [4, 5, 6]], "mean_squared_error", 3)
    assert target.encode(slice(None)).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert target.spec.units == 3


def test_one_hot_columns_name_the_classes() -> None:
    target = encoded([[0, 1, 0], [1, 0, 0]], "categorical_crossentropy", 3)
    assert target.encode(slice(None)).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert target.spec.classes == ("y1", "y2", "y3")


def test_one_hot_columns_become_codes_for_a_sparse_loss() -> None:
    target = encoded([[0, 1, 0], [0, 0, 1]], "sparse_categorical_crossentropy", 3)
    assert target.encode(slice(None)).tolist() == [1, 2]


def test_shares_of_classes_stay_shares() -> None:
    target = encoded([[0.5, 0.25, 0.25], [0, 0, 1]], "categorical_crossentropy", 3)
    assert target.encode(slice(None)).tolist() == [[0.5, 0.25, 0.25], [0, 0, 1]]


def test_width_of_an_embedding_says_nothing_of_classes() -> None:
    target = encoded(texts("a", "b", "c"), "circle", 2)
    assert target.encode(slice(None)).tolist() == [0, 1, 2]


def test_unknown_width_is_taken_from_the_data() -> None:
    assert encoded(texts("a", "b"), "mean_squared_error", None).spec.units == 1
    assert encoded(texts("a", "b", "c"), "categorical_crossentropy", None).spec.units == 3


@pytest.mark.parametrize(
    ("values", "loss", "units", "message"),
    [
        ([1.5, 2, 3], "categorical_crossentropy", 3, r"whole numbers.*1\.5.*mean_squared_error"),
        ([0, 1, 2], "binary_crossentropy", 1, r"numbers from 0 to 1.*0 to 2.*sparse_categorical"),
        ([-3, 1, 2], "hinge", 1, r"numbers from -1 to 1.*-3 to 2"),
        ([1, 2, 3], "mean_squared_error", 3, r"1 column, `y`, for units=3.*the output 1 unit;"),
        (
            [[1, 2, 3], [4, 5, 6]],
            "mean_squared_error",
            1,
            r"3 columns.*for units=1.*the output 3 units;",
        ),
        ([[1, 2, 3], [4, 5, 6]], "categorical_crossentropy", 3, "a column of 0 and 1 for each"),
        ([[0.5, 0.5, 0], [1, 0, 0]], "sparse_categorical_crossentropy", 3, "a column of 0 and 1"),
        (texts("a", "b", "c"), "categorical_crossentropy", 2, r"3 classes.*\(a, b, c\), units=2"),
        (texts("a", "b"), "sparse_categorical_crossentropy", 1, "binary_crossentropy"),
        (texts("a", "b"), "categorical_crossentropy", 5, r"Give the output 2 units\."),
        ([5, 80, 3], "sparse_categorical_crossentropy", 2, "a number to predict wants a loss"),
        (texts("a", "b", "c"), "sparse_categorical_crossentropy", 2, "Give the output 3 units"),
        (texts("a", "b", "c"), "binary_crossentropy", 1, r"two classes.*units=1.*3 classes"),
        (texts("a", "b", "c"), "mean_squared_error", 1, r"Expected numbers.*sparse_categorical"),
        (texts("a", "a"), "categorical_crossentropy", 2, r"two classes or more in `y`.*: a\."),
    ],
)
def test_target_that_does_not_fit_its_loss_is_a_fault(
    values: Any, loss: str, units: int, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        encoded(values, loss, units)
