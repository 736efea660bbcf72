"""Preparation of models for training, and errors if losses or metrics do not fit."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tensorflow as tf

from nnlab.config import Experiment
from nnlab.data import prepare
from nnlab.engine.batches import DataAdapter
from nnlab.engine.models.builder import build_model
from nnlab.engine.training.trainable import prepare_training
from nnlab.errors import ConfigError

if TYPE_CHECKING:
    import keras


def prepare_model(experiment: Experiment) -> keras.Model:
    data = prepare(experiment)
    model = build_model(experiment, data.inputs)
    prepare_training(model, experiment, DataAdapter(experiment, data, model))
    return model


def test_all_variables_exist_before_the_first_step(moons: Callable[..., Experiment]) -> None:
    model = prepare_model(moons(training={"metrics": ["accuracy", "AUC"]}))
    assert model.optimizer.built
    # The mean loss, the accuracy, and four variables of AUC.
    assert len(model.metrics_variables) == 2 + 2 + 4


def test_schedule_free_optimizer_starts_from_the_weights(
    moons: Callable[..., Experiment],
) -> None:
    model = prepare_model(moons(training={"optimizer": "ScheduleFreeAdamW"}))
    kernel = model.get_weights()[0]
    momenta = [variable for variable in model.optimizer.variables if "momentum" in variable.path]
    np.testing.assert_array_equal(momenta[0].numpy(), kernel)


def test_requested_xla_is_used_with_deterministic_operations(
    moons: Callable[..., Experiment],
) -> None:
    tf.config.experimental.enable_op_determinism()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert prepare_model(moons(training={"jit_compile": True})).jit_compile is True
    assert prepare_model(moons(training={"jit_compile": False})).jit_compile is False


@pytest.mark.parametrize(
    ("training", "path"),
    [
        ({"metrics": ["accuracy", "Recall"]}, "training.metrics.1"),
        ({"metrics": ["Precision"]}, "training.metrics.0"),
    ],
)
def test_metric_that_does_not_fit_the_target_is_an_error(
    moons: Callable[..., Experiment], training: dict[str, Any], path: str
) -> None:
    layers = [{"Dense": {"units": 2, "activation": "softmax"}}]
    sparse_training = {"loss": "sparse_categorical_crossentropy"} | training
    with pytest.raises(ConfigError) as raised:
        prepare_model(moons(model={"layers": layers}, training=sparse_training))
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.path == path
    assert "an output of 2 units" in diagnostic.message
