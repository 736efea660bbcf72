"""The Keras object of each component, with its arguments."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import keras
import numpy as np
import pytest

from nnlab.config.vocabulary.arguments import ActivationName, Constraint, Regularizer
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.constraints import UnitNorm
from nnlab.config.vocabulary.initializers import HeNormal, Initializer
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.losses.crossentropy import CrossentropyByShape
from nnlab.config.vocabulary.metrics import Metric
from nnlab.config.vocabulary.metrics.accuracy import Accuracy
from nnlab.config.vocabulary.regularizers import L1L2
from nnlab.engine.models.keras_objects import to_keras
from tests.config.vocabulary.components import (
    KERAS_FAMILIES,
    Failures,
    components_of,
    family_name,
)

# Values of the required arguments.
REQUIRED: dict[str, Any] = {
    "units": 3,
    "input_dim": 5,
    "output_dim": 2,
    "activation": "relu",
    "layer": {"Dense": 3},
    "rate": 0.5,
    "stddev": 0.1,
    "target_shape": [2, -1],
    "dims": [2, 1],
    "n": 2,
    "scale": 0.5,
    "axes": 1,
    "initial_learning_rate": 0.1,
    "decay_steps": 10,
    "first_decay_steps": 10,
    "decay_rate": 0.5,
    "boundaries": [10, 20],
    "values": [0.1, 0.01, 0.001],
    "num_classes": 3,
    "target_class_ids": [0, 1],
    "recall": 0.5,
    "precision": 0.5,
    "specificity": 0.5,
    "sensitivity": 0.5,
}

# Values other than the default, for arguments whose type does not suggest one.
NON_DEFAULT: dict[str, Any] = {
    "axis": 1,
    "shared_axes": [1],
    "noise_shape": [None, 1],
    "renorm_clipping": {"rmax": 2.0, "rmin": 0.5},
    "learning_rate": {"CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 10}},
    "exclude_layers": ["output"],
    "thresholds": 0.4,
    "AUC.thresholds": [0.2, 0.8],
    "label_weights": [1.0, 2.0],
    "CategoricalFocalCrossentropy.alpha": [0.2, 0.3, 0.5],
    "Dice.axis": [1],
    "Tversky.axis": [1],
    "BinaryIoU.target_class_ids": [1],
    "VarianceScaling.distribution": "uniform",
}

# Arguments that other arguments require.
COMPANIONS: dict[str, dict[str, Any]] = {
    "renorm_clipping": {"renorm": True},
    "num_labels": {"multi_label": True},
    "label_weights": {"multi_label": True, "num_labels": 2},
    "CosineDecay.warmup_steps": {"warmup_target": 0.2},
}


def required_arguments(component: type[Component]) -> dict[str, Any]:
    return {
        name: REQUIRED[name]
        for name, field in component.model_fields.items()
        if field.is_required()
    }


def table_entry(component: type[Component], name: str, table: dict[str, Any]) -> Any:
    return table.get(f"{component.display_name()}.{name}", table.get(name))


def bare_type(annotation: Any) -> Any:
    """Return a type without its constraints and without None."""
    if get_origin(annotation) is Annotated:
        return bare_type(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return bare_type(next(kind for kind in get_args(annotation) if kind is not type(None)))
    return annotation


def non_default_value(component: type[Component], name: str) -> Any:
    """Return a valid value other than the default, by the name or the type of the argument."""
    field = component.model_fields[name]
    if (value := table_entry(component, name, NON_DEFAULT)) is not None:
        return value
    if field.is_required():
        return REQUIRED[name]
    kind, default = bare_type(field.annotation), field.get_default(call_default_factory=True)
    if get_origin(kind) is Literal:
        return next(choice for choice in get_args(kind) if choice != default)
    by_type = {
        Initializer: HeNormal(seed=1),
        Regularizer: L1L2(l1=0.5),
        Constraint: UnitNorm(axis=1),
        bool: not default,
        str: "another_name",
    }
    if kind in by_type:
        return by_type[kind]
    if kind is int:
        return (default or 1) + 1
    assert kind is float
    return default / 2 if default else 0.25


every_family = pytest.mark.parametrize("family", KERAS_FAMILIES, ids=family_name)


@every_family
def test_keras_accepts_the_defaults(family: type[Component]) -> None:
    failures = Failures()
    for component in components_of(family):
        with failures.collect(component.__name__):
            built = to_keras(component.model_validate(required_arguments(component)))
            assert isinstance(built, str) or type(built).__name__ == component.__name__
    failures.check()


@every_family
def test_keras_and_yaml_preserve_other_values(family: type[Component]) -> None:
    failures = Failures()
    for component in components_of(family):
        for name in component.model_fields:
            with failures.collect(f"{component.__name__}.{name}"):
                check_other_value(family, component, name)
    failures.check()


def check_other_value(family: type[Component], component: type[Component], name: str) -> None:
    value = non_default_value(component, name)
    companions = table_entry(component, name, COMPANIONS) or {}
    arguments = required_arguments(component) | companions | {name: value}
    instance = component.model_validate(arguments)
    field = component.model_fields[name]
    default = field.get_default(call_default_factory=True)
    assert field.is_required() or getattr(instance, name) != default
    assert family.parse(instance.to_tree()) == instance
    built = to_keras(instance)
    if isinstance(built, str):
        assert built == value
        return
    in_keras = built.get_config().get(name, value) if hasattr(built, "get_config") else value
    if isinstance(value, bool | int | str) and not isinstance(in_keras, dict):
        assert in_keras == value
    elif isinstance(value, float):
        assert in_keras == pytest.approx(value)


def test_dense_layer_accepts_every_activation() -> None:
    failures = Failures()
    for name in get_args(ActivationName):
        with failures.collect(name):
            dense = keras.layers.Dense(4, activation=name)
            model = keras.Sequential([keras.Input((6,)), dense, keras.layers.Dense(1)])
            assert np.isfinite(model(np.ones((2, 6), "float32"))).all()
    failures.check()


def test_losses_are_finite_for_their_target_encoding() -> None:
    failures = Failures()
    for component in components_of(Loss):
        if component is not CrossentropyByShape:
            with failures.collect(component.__name__):
                check_loss_is_finite(component())
    failures.check()


def check_loss_is_finite(component: Component) -> None:
    assert isinstance(component, Loss)
    targets = {
        "integer": np.array([0, 1, 2, 1], "int32"),
        "one_hot": np.eye(3, dtype="float32")[[0, 1, 2, 1]],
        "number": np.array([[0, 1, 1], [1, 0, 1], [0, 0, 1], [1, 1, 0]], "float32"),
    }[component.targets]
    outputs = np.array(
        [[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.1, 0.1, 0.8], [0.2, 0.5, 0.3]], "float32"
    )
    if component.outputs == "unit_vector":
        outputs /= np.linalg.norm(outputs, axis=1, keepdims=True)
    value = np.asarray(to_keras(component)(targets, outputs))
    assert value.shape == ()
    assert np.isfinite(value)


@pytest.mark.parametrize("units", [1, 3])
def test_crossentropy_by_shape_trains_with_its_target_encoding(units: int) -> None:
    loss = Loss.parse("ce")
    head = keras.layers.Dense(units, activation="sigmoid" if units == 1 else "softmax")
    model = keras.Sequential([keras.Input((2,)), head])
    model.compile(loss=to_keras(loss), run_eagerly=True)
    targets = {"one_hot": np.eye(3, dtype="float32"), "number": np.array([[0.0], [1.0], [1.0]])}
    value = model.evaluate(np.ones((3, 2)), targets[loss.targets_for(units)], verbose=0)
    assert np.isfinite(value)


def test_metric_directions_match_keras() -> None:
    failures = Failures()
    for component in Metric.members.values():
        with failures.collect(component.__name__):
            metric = to_keras(component.model_validate(required_arguments(component)))
            direction = getattr(metric, "_direction", None)
            if direction is not None:
                assert component.direction == {"up": "max", "down": "min"}[direction]
            assert component.direction in {"min", "max"}
    failures.check()


def logged_names(metrics: list[Any]) -> set[str]:
    """Return the names of metrics in Keras' logs of one batch."""
    keras.backend.clear_session()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(loss="mse", metrics=metrics, run_eagerly=True)
    rows = np.ones((4, 2), "float32")
    logs = model.evaluate(rows, np.zeros((4, 1), "float32"), return_dict=True, verbose=0)
    return set(logs) - {"loss"}


@pytest.mark.filterwarnings("ignore:In loss categorical_crossentropy")
def test_logged_names_match_keras() -> None:
    # Metrics with the same name would overwrite each other.
    components = [component for component in Metric.members.values() if component is not Accuracy]
    metrics = [
        Metric.parse({component.display_name(): required_arguments(component)})
        for component in components
    ]
    names = [metric.logged_name for metric in metrics]
    assert len(set(names)) == len(names)
    assert logged_names([to_keras(metric) for metric in metrics]) == set(names)


@pytest.mark.parametrize(
    "string", ["mse", "MAE", "acc", "accuracy", "kl_divergence", "log_cosh_error", "f_beta_score"]
)
def test_keras_string_is_the_name_in_logs(string: str) -> None:
    assert logged_names([string]) == {Metric.parse(string).logged_name} == {string}


@pytest.mark.parametrize(
    "name", ["AUC", "Precision", "MeanSquaredError", "LogCoshError", "Accuracy"]
)
def test_class_name_is_logged_like_a_keras_object(name: str) -> None:
    assert logged_names([getattr(keras.metrics, name)()]) == {Metric.parse(name).logged_name}
