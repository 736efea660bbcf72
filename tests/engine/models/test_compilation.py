"""Compiled models have the optimizer, losses and metrics of their experiment."""

from __future__ import annotations

from typing import Any, cast

import keras
import numpy as np
import pytest

from nnlab.config.schema.logged_metrics import logged_metric_names
from nnlab.config.vocabulary.metrics.confusion import AUC
from nnlab.config.vocabulary.optimizers.adaptive import Adam
from nnlab.data.containers.prepared import InputSpec
from nnlab.engine.models.builder import build_model
from nnlab.engine.models.compilation import compile_model
from nnlab.errors import ConfigError

TWO_HEADS = {
    "inputs": {"x": {"shape": [2]}},
    # Not in alphabetical order, in which Keras sorts dicts.
    "layers": {
        "price": {"Dense": {"units": 1, "kernel_initializer": "zeros"}, "from": "x"},
        "kind": {
            "Dense": {"units": 3, "activation": "softmax", "kernel_initializer": "zeros"},
            "from": "x",
        },
    },
    "outputs": ["price", "kind"],
}
X = np.ones((4, 2), np.float32)
KINDS = np.eye(3, dtype=np.float32)[[0, 1, 2, 0]]


def compiled(experiment: Any) -> keras.Model:
    model = build_model(experiment, {"input": InputSpec("input", (2,), "float32")})
    compile_model(model, experiment)
    return model


def test_optimizer_loss_and_metrics_come_from_the_config(make_experiment: Any) -> None:
    experiment = make_experiment(
        [{"Dense": {"units": 3, "activation": "softmax", "kernel_initializer": "zeros"}}],
        optimizer={"SGD": {"learning_rate": 0.25, "momentum": 0.5}},
        loss={"CategoricalCrossentropy": {"label_smoothing": 0.1}},
        metrics=["accuracy", {"AUC": {"name": "area"}}],
        jit_compile=False,
    )
    model = compiled(experiment)
    assert float(model.optimizer.learning_rate) == 0.25
    assert model.optimizer.momentum == 0.5
    assert model.loss.label_smoothing == 0.1
    assert model.jit_compile is False
    logs = model.train_on_batch(X, KINDS, return_dict=True)
    assert set(logs) == {"loss", "accuracy", "area"}
    assert logs["loss"] == pytest.approx(np.log(3), rel=1e-5)


@pytest.mark.parametrize("weights", [[1.0, 0.2], {"kind": 0.2}])
def test_each_output_has_its_loss_metrics_and_weight(make_experiment: Any, weights: Any) -> None:
    experiment = make_experiment(
        TWO_HEADS,
        loss={"price": "mse", "kind": "categorical_crossentropy"},
        metrics={"kind": ["accuracy"], "price": ["mae"]},
        loss_weights=weights,
    )
    logs = compiled(experiment).evaluate(
        X, {"price": np.full((4, 1), 2, np.float32), "kind": KINDS}, verbose=0, return_dict=True
    )
    assert logs["price_loss"] == pytest.approx(4)
    assert logs["kind_loss"] == pytest.approx(np.log(3), rel=1e-5)
    assert logs["loss"] == pytest.approx(4 + 0.2 * np.log(3), rel=1e-5)
    assert logs["price_mae"] == pytest.approx(2)


def test_single_output_also_accepts_lists_and_dicts(make_experiment: Any) -> None:
    experiment = make_experiment(
        [{"Dense": {"units": 1, "kernel_initializer": "zeros"}}],
        loss={"output": "mse"},
        metrics={"output": ["mae"]},
        loss_weights=[0.5],
    )
    logs = compiled(experiment).evaluate(X, np.full((4, 1), 2), verbose=0, return_dict=True)
    assert logs == {"loss": pytest.approx(2), "mae": pytest.approx(2)}


def test_output_may_have_no_metrics(make_experiment: Any) -> None:
    losses = {"price": "mse", "kind": "categorical_crossentropy"}
    experiment = make_experiment(TWO_HEADS, loss=losses, metrics={"kind": ["accuracy"]})
    targets = {"price": np.zeros((4, 1), np.float32), "kind": KINDS}
    logs = compiled(experiment).evaluate(X, targets, verbose=0, return_dict=True)
    assert set(logs) == {"loss", "price_loss", "kind_loss", "kind_accuracy"}


@pytest.mark.slow
def test_logs_have_the_metric_names_of_the_config(make_experiment: Any) -> None:
    experiment = make_experiment(
        TWO_HEADS,
        loss={"price": "mse", "kind": "categorical_crossentropy"},
        metrics={"price": ["mae"], "kind": ["accuracy", "AUC"]},
    )
    for _ in range(2):  # Keras numbers the second unnamed AUC of a process
        model = compiled(experiment)
        targets = {"price": np.zeros((4, 1), np.float32), "kind": KINDS}
        logs = model.evaluate(X, targets, verbose=0, return_dict=True)
        expected = logged_metric_names(experiment)
        assert set(logs) == set(expected) - {"learning_rate"}


def test_mixed_float16_scales_the_loss(make_experiment: Any) -> None:
    experiment = make_experiment([{"Dense": 1}], dtype_policy="mixed_float16")
    optimizer = compiled(experiment).optimizer
    assert type(optimizer) is keras.optimizers.LossScaleOptimizer
    assert optimizer.inner_optimizer.name == "adam"


def test_all_objects_that_keras_rejects_are_reported(make_experiment: Any) -> None:
    experiment = make_experiment([{"Dense": 1}], metrics=["mae"])
    # A config rejects these when loaded: build them without validation.
    components = {
        "optimizer": Adam.model_construct(clipnorm=1.0, clipvalue=1.0),
        "metrics": [experiment.training.metrics[0], AUC.model_construct(curve=cast("Any", "none"))],
    }
    training = experiment.training.model_copy(update=components)
    with pytest.raises(ConfigError) as caught:
        compiled(experiment.model_copy(update={"training": training}))
    assert [diagnostic.path for diagnostic in caught.value.diagnostics] == [
        "training.optimizer",
        "training.metrics.1",
    ]
    assert "Keras: Only one of" in caught.value.diagnostics[0].message


def test_compiling_draws_no_random_numbers(make_experiment: Any) -> None:
    experiment = make_experiment([{"Dense": 3}, {"Dropout": 0.2}, {"Dense": 1}])
    first, second = (compiled(experiment) for _ in range(2))
    for variable, expected in zip(second.variables, first.variables, strict=True):
        np.testing.assert_array_equal(variable, expected)
