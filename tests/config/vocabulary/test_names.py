"""Names of components: Keras' strings, and the names of metrics in logs."""

from __future__ import annotations

import pytest

from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CrossentropyByShape,
    SparseCategoricalCrossentropy,
)
from nnlab.config.vocabulary.losses.errors import MeanSquaredError
from nnlab.config.vocabulary.metrics import Metric
from nnlab.config.vocabulary.metrics.accuracy import Accuracy, AccuracyByShape
from nnlab.config.vocabulary.metrics.confusion import AUC, F1Score, Precision
from nnlab.config.vocabulary.optimizers import Optimizer
from nnlab.config.vocabulary.optimizers.adaptive import Adam, AdamW, RMSprop


@pytest.mark.parametrize(
    ("name", "component"),
    [
        ("adam", Adam()),
        ("ADAM", Adam()),
        ("adamw", AdamW()),
        ("rmsprop", RMSprop()),
        ("RMSprop", RMSprop()),
    ],
)
def test_optimizer_names_are_case_insensitive(name: str, component: Optimizer) -> None:
    assert Optimizer.parse(name) == component


@pytest.mark.parametrize(
    ("string", "component"),
    [
        ("mse", MeanSquaredError()),
        ("bce", BinaryCrossentropy()),
        ("categorical_crossentropy", CategoricalCrossentropy()),
        ("crossentropy", CrossentropyByShape()),
        ("ce", CrossentropyByShape()),
    ],
)
def test_losses_are_found_by_keras_strings(string: str, component: Loss) -> None:
    assert Loss.parse(string) == component


def test_accuracy_string_and_class_differ() -> None:
    assert Metric.parse("accuracy") == AccuracyByShape()
    assert Metric.parse("acc") == AccuracyByShape(name="acc")
    assert Metric.parse("Accuracy") == Accuracy()
    assert Metric.lookup("accuracy_by_shape") is None
    assert [Metric.parse(name).keras_string for name in ("accuracy", "acc", "Accuracy")] == [
        "accuracy",
        "acc",
        "",
    ]


def test_components_by_shape_keep_their_yaml_form() -> None:
    assert Metric.parse("accuracy").to_tree() == "accuracy"
    assert Loss.parse("ce").to_tree() == "crossentropy"
    assert Metric.parse(Metric.parse("acc").to_tree()) == Metric.parse("acc")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("mse", "mse"),
        ("mean_squared_error", "mean_squared_error"),
        ("MeanSquaredError", "mean_squared_error"),
        ({"mse": {}}, "mean_squared_error"),
        ({"MeanSquaredError": {"name": "error"}}, "error"),
        ("auc", "auc"),
        ({"AUC": {"curve": "PR"}}, "auc"),
        ({"AUC": {"curve": "PR", "name": "pr_auc"}}, "pr_auc"),
        ("log_cosh_error", "log_cosh_error"),
        ("LogCoshError", "logcosh"),
    ],
)
def test_metric_is_logged_as_written(value: object, name: str) -> None:
    assert Metric.parse(value).logged_name == name


def test_metric_without_explicit_name_equals_default() -> None:
    assert Metric.parse("auc") == AUC()
    assert Metric.parse("precision") == Precision()


def test_score_without_average_is_per_class() -> None:
    assert F1Score().per_class
    assert not F1Score(average="macro").per_class
    assert not AUC().per_class


@pytest.mark.parametrize(
    ("component", "units", "encoding"),
    [
        (CategoricalCrossentropy, 3, "one_hot"),
        (CrossentropyByShape, 3, "one_hot"),
        (CrossentropyByShape, 1, "number"),
        (SparseCategoricalCrossentropy, 3, "integer"),
        (BinaryCrossentropy, 1, "number"),
        (MeanSquaredError, 3, "number"),
    ],
)
def test_loss_selects_the_target_encoding(component: type[Loss], units: int, encoding: str) -> None:
    assert component().targets_for(units) == encoding
