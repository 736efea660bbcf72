"""Every word becomes the Keras object that it names, with the arguments that it holds."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import keras
import numpy as np
import pytest

from nnlab.config.vocabulary.argument_families import Constraint, Regularizer
from nnlab.config.vocabulary.arguments import ActivationName
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.constraints import UnitNorm
from nnlab.config.vocabulary.datasets import Dataset
from nnlab.config.vocabulary.families import FAMILIES
from nnlab.config.vocabulary.initializers import HeNormal, Initializer
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.losses.crossentropy import CrossentropyByShape
from nnlab.config.vocabulary.metrics import Metric
from nnlab.config.vocabulary.metrics.accuracy import Accuracy
from nnlab.config.vocabulary.regularizers import L1L2
from nnlab.engine.models.keras_objects import to_keras

WORDS = [
    component
    for family in FAMILIES
    if family is not Dataset
    for component in family.members.values()
]

LOSSES = [component for component in Loss.members.values() if component is not CrossentropyByShape]


def name_of(component: object) -> str:
    """What a test's name calls a word: `Metric.Hinge`, as losses have one too."""
    if isinstance(component, str):
        return component
    assert isinstance(component, type)
    return f"{family_of(component).__name__}.{component.__name__}"


def family_of(component: type[Component]) -> type[Component]:
    return next(base for base in component.__mro__ if Component in base.__bases__)


# A value for each argument that has no default.
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

# Other values than the default for arguments that a rule of their type cannot make up.
OTHER: dict[str, Any] = {
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

# Arguments that are allowed only beside another.
BESIDE: dict[str, dict[str, Any]] = {
    "renorm_clipping": {"renorm": True},
    "num_labels": {"multi_label": True},
    "label_weights": {"multi_label": True, "num_labels": 2},
    "CosineDecay.warmup_steps": {"warmup_target": 0.2},
}


def required(component: type[Component]) -> dict[str, Any]:
    return {
        name: REQUIRED[name]
        for name, field in component.model_fields.items()
        if field.is_required()
    }


def of(component: type[Component], name: str, table: dict[str, Any]) -> Any:
    return table.get(f"{component.display_name()}.{name}", table.get(name))


def bare(annotation: Any) -> Any:
    """A type without its constraints and without None."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return bare(next(kind for kind in get_args(annotation) if kind is not type(None)))
    return annotation


def another_value(component: type[Component], name: str) -> Any:
    """A value other than the default, found by the argument's name or made up by its type."""
    field = component.model_fields[name]
    if (listed := of(component, name, OTHER)) is not None:
        return listed
    if field.is_required():
        return REQUIRED[name]
    kind, default = bare(field.annotation), field.get_default(call_default_factory=True)
    if get_origin(kind) is Literal:
        return next(choice for choice in get_args(kind) if choice != default)
    made_up = {
        Initializer: HeNormal(seed=1),
        Regularizer: L1L2(l1=0.5),
        Constraint: UnitNorm(axis=1),
        bool: not default,
        str: "another_name",
    }
    if kind in made_up:
        return made_up[kind]
    if kind is int:
        return (default or 1) + 1
    assert kind is float
    return default / 2 if default else 0.25


ARGUMENTS = [(component, name) for component in WORDS for name in component.model_fields]


@pytest.mark.parametrize("component", WORDS, ids=name_of)
def test_keras_takes_the_defaults(component: type[Component]) -> None:
    built = to_keras(component.model_validate(required(component)))
    assert isinstance(built, str) or type(built).__name__ == component.__name__


@pytest.mark.parametrize(("component", "name"), ARGUMENTS, ids=name_of)
def test_keras_takes_another_value_and_yaml_keeps_it(component: type[Component], name: str) -> None:
    value = another_value(component, name)
    chosen = component.model_validate(
        required(component) | (of(component, name, BESIDE) or {}) | {name: value}
    )
    family = family_of(component)
    field = component.model_fields[name]
    assert field.is_required() or getattr(chosen, name) != field.get_default(
        call_default_factory=True
    )
    assert family.parse(chosen.to_tree()) == chosen
    built = to_keras(chosen)
    if isinstance(built, str):
        assert built == value
        return
    held = built.get_config().get(name, value) if hasattr(built, "get_config") else value
    if isinstance(value, bool | int | str) and not isinstance(held, dict):
        assert held == value
    elif isinstance(value, float):
        assert held == pytest.approx(value)


@pytest.mark.parametrize("name", get_args(ActivationName))
def test_dense_layer_takes_every_activation(name: str) -> None:
    model = keras.Sequential(
        [keras.Input((6,)), keras.layers.Dense(4, activation=name), keras.layers.Dense(1)]
    )
    assert np.isfinite(model(np.ones((2, 6), "float32"))).all()


@pytest.mark.parametrize("component", LOSSES, ids=name_of)
def test_loss_is_finite_for_the_targets_that_it_asks_for(component: type[Loss]) -> None:
    loss = to_keras(component())
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
    value = np.asarray(loss(targets, outputs))
    assert value.shape == ()
    assert np.isfinite(value)


@pytest.mark.parametrize("units", [1, 3])
def test_crossentropy_by_shape_trains_with_the_targets_that_it_asks_for(units: int) -> None:
    loss = Loss.parse("ce")
    head = keras.layers.Dense(units, activation="sigmoid" if units == 1 else "softmax")
    model = keras.Sequential([keras.Input((2,)), head])
    model.compile(loss=to_keras(loss), run_eagerly=True)
    targets = {"one_hot": np.eye(3, dtype="float32"), "number": np.array([[0.0], [1.0], [1.0]])}
    value = model.evaluate(np.ones((3, 2)), targets[loss.targets_for(units)], verbose=0)
    assert np.isfinite(value)


@pytest.mark.parametrize("component", Metric.members.values(), ids=name_of)
def test_direction_is_that_of_keras(component: type[Metric]) -> None:
    metric = to_keras(component.model_validate(required(component)))
    direction = getattr(metric, "_direction", None)
    if direction is not None:
        assert component.direction == {"up": "max", "down": "min"}[direction]
    assert component.direction in {"min", "max"}


def logged(metrics: list[Any]) -> set[str]:
    """The names that Keras gives metrics in the logs of one batch."""
    keras.backend.clear_session()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(loss="mse", metrics=metrics, run_eagerly=True)
    rows = np.ones((4, 2), "float32")
    logs = model.evaluate(rows, np.zeros((4, 1), "float32"), return_dict=True, verbose=0)
    return set(logs) - {"loss"}


@pytest.mark.filterwarnings("ignore:In loss categorical_crossentropy")
def test_logged_name_is_that_of_keras() -> None:
    # Two metrics of one name would hide each other.
    components = [component for component in Metric.members.values() if component is not Accuracy]
    metrics = [
        Metric.parse({component.display_name(): required(component)}) for component in components
    ]
    names = [metric.logged_name for metric in metrics]
    assert len(set(names)) == len(names)
    assert logged([to_keras(metric) for metric in metrics]) == set(names)


@pytest.mark.parametrize(
    "string", ["mse", "MAE", "acc", "accuracy", "kl_divergence", "log_cosh_error", "f_beta_score"]
)
def test_string_of_keras_is_the_name_in_logs(string: str) -> None:
    assert logged([string]) == {Metric.parse(string).logged_name} == {string}


@pytest.mark.parametrize(
    "name", ["AUC", "Precision", "MeanSquaredError", "LogCoshError", "Accuracy"]
)
def test_class_alone_is_logged_as_a_new_object_of_it(name: str) -> None:
    assert logged([getattr(keras.metrics, name)()]) == {Metric.parse(name).logged_name}
