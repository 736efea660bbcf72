"""Sample weights from class weights and row weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnlab.config import Experiment
from nnlab.data import PreparedData, Rows, TargetSpec
from nnlab.engine.batches.sample_weights import class_weights, target_codes, training_weights
from nnlab.errors import ConfigError

CLASSES = TargetSpec("output", "classes", ("a", "b", "c"), "integer", 1)


def data_of(
    targets: NDArray[Any], spec: TargetSpec, sample_weight: NDArray[np.float32] | None = None
) -> PreparedData:
    rows = Rows({"input": np.zeros((len(targets), 2))}, {"output": targets}, sample_weight)
    return PreparedData(rows, None, None, {}, {"output": spec})


def test_balanced_classes_have_equal_total_weights() -> None:
    codes = np.array([0, 0, 0, 1, 2, 2])
    weights = class_weights(codes, "balanced", CLASSES)
    np.testing.assert_allclose(weights, [2 / 3, 2 / 3, 2 / 3, 2, 1, 1], rtol=1e-6)
    np.testing.assert_allclose([weights[codes == code].sum() for code in range(3)], [2, 2, 2])


def test_balanced_ignores_classes_that_do_not_occur() -> None:
    weights = class_weights(np.array([0, 0, 2, 2]), "balanced", CLASSES)
    np.testing.assert_allclose(weights, [1, 1, 1, 1])


def test_missing_class_weight_defaults_to_1() -> None:
    weights = class_weights(np.array([0, 1, 2]), {1: 5.0}, CLASSES)
    assert weights.tolist() == [1, 5, 1]


def test_class_weights_go_by_number_or_name() -> None:
    weights = class_weights(np.array([0, 1, 2]), {"c": 5.0, 0: 2.0}, CLASSES)
    assert weights.tolist() == [2, 1, 5]


def test_string_key_is_a_class_name_even_if_numeric() -> None:
    ratings = TargetSpec("output", "classes", ("1", "2"), "integer", 1)
    assert class_weights(np.array([0, 1]), {"1": 5.0}, ratings).tolist() == [5, 1]
    assert class_weights(np.array([0, 1]), {1: 5.0}, ratings).tolist() == [1, 5]


@pytest.mark.parametrize("key", [3, -1, "d", "0"])
def test_weight_of_an_unknown_class_is_an_error(key: int | str) -> None:
    with pytest.raises(ConfigError, match=rf"no class {key}\..*0: a, 1: b, 2: c"):
        class_weights(np.array([0, 1]), {key: 2.0}, CLASSES)


def test_two_weights_for_one_class_are_an_error() -> None:
    with pytest.raises(ConfigError, match=r"one weight for each class.*0: a, 1: b, 2: c"):
        class_weights(np.array([0, 1]), {0: 2.0, "a": 3.0}, CLASSES)


@pytest.mark.parametrize(
    ("values", "encoding"),
    [
        (np.eye(3, dtype=np.float32)[[2, 0]], "one_hot"),
        (np.array([2, 0], np.int32), "integer"),
        (np.array([[2.0], [0.0]], np.float32), "number"),
    ],
)
def test_target_codes_decodes_every_encoding(values: NDArray[Any], encoding: Any) -> None:
    spec = TargetSpec("output", "classes", ("a", "b", "c"), encoding, 1)
    assert target_codes(data_of(values, spec).train, spec).tolist() == [2, 0]


def test_class_weight_and_row_weight_multiply(moons: Callable[..., Experiment]) -> None:
    row_weights = np.array([1, 2, 3], np.float32)
    data = data_of(np.array([0, 1, 1], np.int32), CLASSES, row_weights)
    experiment = moons(training={"class_weight": {1: 10.0}})
    assert training_weights(experiment, data) == pytest.approx([1, 20, 30])
    assert training_weights(moons(), data) is row_weights


def test_class_weight_needs_a_target_of_classes(moons: Callable[..., Experiment]) -> None:
    spec = TargetSpec("output", "number", (), "number", 1)
    data = data_of(np.zeros((2, 1), np.float32), spec)
    with pytest.raises(ConfigError, match="class_weight needs a target of classes"):
        training_weights(moons(training={"class_weight": "balanced"}), data)
