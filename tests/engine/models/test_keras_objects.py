"""Keras objects of a config's components."""

from __future__ import annotations

from typing import Any

import keras
import pytest

from nnlab.config.vocabulary.arguments import Regularizer
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.initializers import Initializer
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.metrics import Metric
from nnlab.config.vocabulary.optimizers import Optimizer
from nnlab.engine.models.keras_objects import family_name, to_keras


def test_arguments_and_nested_components_are_passed() -> None:
    component = Layer.parse(
        {
            "Dense": {
                "units": 3,
                "activation": "tanh",
                "kernel_initializer": {"RandomNormal": {"stddev": 0.2}},
                "kernel_regularizer": {"L1L2": {"l1": 0.1, "l2": 0.2}},
                "bias_constraint": {"MaxNorm": {"max_value": 3.0}},
            }
        }
    )
    layer = to_keras(component)
    assert type(layer) is keras.layers.Dense
    assert (layer.units, layer.activation) == (3, keras.activations.tanh)
    assert layer.kernel_initializer.stddev == 0.2
    assert float(layer.kernel_regularizer.l2) == pytest.approx(0.2)
    assert layer.bias_constraint.max_value == 3


def test_orthogonal_regularizer_has_the_precision_of_the_kernel() -> None:
    penalty = to_keras(Regularizer.parse({"OrthogonalRegularizer": {"factor": 0.1}}))
    kernel = keras.ops.ones((2, 2), dtype="float64")
    assert float(penalty(kernel)) == pytest.approx(0.1, rel=1e-12)


def test_schedule_replaces_the_learning_rate() -> None:
    decay = {
        "ExponentialDecay": {"initial_learning_rate": 0.5, "decay_steps": 10, "decay_rate": 0.9}
    }
    optimizer = to_keras(Optimizer.parse({"SGD": {"learning_rate": decay, "clipnorm": 1.0}}))
    assert float(optimizer.learning_rate) == 0.5
    assert optimizer.clipnorm == 1


def test_wrapped_layer_is_created() -> None:
    layer = to_keras(Layer.parse({"SpectralNormalization": {"layer": {"Dense": 3}}}))
    assert layer(keras.Input((2,))).shape == (None, 3)


@pytest.mark.parametrize("family", [Loss, Metric])
def test_component_without_a_class_stays_a_string(family: type[Component]) -> None:
    name = "accuracy" if family is Metric else "crossentropy"
    assert to_keras(family.parse(name)) == name


@pytest.mark.parametrize("family", [Initializer, Layer, Optimizer])
def test_components_without_required_arguments_create_their_class(family: Any) -> None:
    for name, component in family.members.items():
        required = [key for key, field in component.model_fields.items() if field.is_required()]
        if not required:
            assert type(to_keras(component())).__name__ == name


def test_unnamed_object_is_named_after_its_type() -> None:
    names = [to_keras(Optimizer.parse("adam")).name for _ in range(2)]
    names += [to_keras(Layer.parse("BatchNormalization")).name for _ in range(2)]
    assert names == ["adam", "adam", "batch_normalization", "batch_normalization"]


def test_each_call_creates_an_object_with_its_own_seed() -> None:
    component = Layer.parse({"Dense": 3})
    first, second = (to_keras(component) for _ in range(2))
    assert first.kernel_initializer is not second.kernel_initializer
    assert first.kernel_initializer.seed != second.kernel_initializer.seed


def test_family_is_the_ancestor_below_component() -> None:
    assert family_name(Layer.parse({"Dense": 3})) == "Layer"
    assert family_name(Metric.parse("auc")) == "Metric"
