"""The forms of components in YAML, and their errors."""

from __future__ import annotations

import pytest
from pydantic import Field

from nnlab.config.vocabulary.arguments import Regularizer
from nnlab.config.vocabulary.component import Component, snake_case
from nnlab.config.vocabulary.initializers import GlorotUniform, HeNormal, Initializer, Zeros
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.layers.core import Dense
from nnlab.config.vocabulary.layers.merging import Add
from nnlab.config.vocabulary.layers.normalization import BatchNormalization, SpectralNormalization
from nnlab.config.vocabulary.layers.regularization import Dropout
from nnlab.config.vocabulary.layers.reshaping import Flatten, Reshape
from nnlab.config.vocabulary.regularizers import L1L2, L2
from tests.config.vocabulary.conftest import IssuesOf


@pytest.mark.parametrize(
    ("value", "component"),
    [
        ("BatchNormalization", BatchNormalization()),
        ("batch_normalization", BatchNormalization()),
        ({"BatchNormalization": None}, BatchNormalization()),
        ({"BatchNormalization": {}}, BatchNormalization()),
        ({"Dropout": 0.3}, Dropout(rate=0.3)),
        ({"Dropout": 1}, Dropout(rate=1.0)),
        ({"Dense": 64}, Dense(units=64)),
        ({"Reshape": [2, -1]}, Reshape(target_shape=[2, -1])),
        ({"Dense": {"units": 3, "name": "head"}}, Dense(units=3, name="head")),
        (
            {"SpectralNormalization": {"layer": {"Dense": 3}}},
            SpectralNormalization(layer=Dense(units=3)),
        ),
        (Dense(units=2), Dense(units=2)),
    ],
)
def test_component_is_parsed_from_each_form(value: object, component: Layer) -> None:
    assert Layer.parse(value) == component


def test_nested_components_are_parsed_from_each_form() -> None:
    dense = Layer.parse(
        {
            "Dense": {
                "units": 2,
                "kernel_initializer": "he_normal",
                "bias_initializer": {"Zeros": {}},
                "kernel_regularizer": {"L2": 0.001},
                "bias_regularizer": {"L1L2": {"l1": 0.1}},
            }
        }
    )
    assert isinstance(dense, Dense)
    assert dense.kernel_initializer == HeNormal()
    assert dense.bias_initializer == Zeros()
    assert dense.kernel_regularizer == L2(l2=0.001)
    assert dense.bias_regularizer == L1L2(l1=0.1)


def test_default_components_are_instances() -> None:
    assert Dense(units=1).kernel_initializer == GlorotUniform()
    assert Dense(units=1).kernel_regularizer is None


def test_tree_omits_default_arguments() -> None:
    assert Flatten().to_tree() == "Flatten"
    assert Initializer.parse({"Constant": 0.5}).to_tree() == {"Constant": {"value": 0.5}}
    dense = Dense(
        units=2, kernel_initializer=HeNormal(), kernel_regularizer=L2(l2=0.1), use_bias=True
    )
    assert dense.to_tree() == {
        "Dense": {
            "units": 2,
            "kernel_initializer": "HeNormal",
            "kernel_regularizer": {"L2": {"l2": 0.1}},
        }
    }


def test_all_errors_of_a_component_are_reported(issues_of: IssuesOf) -> None:
    value = {"Dense": {"unit": 3, "units": "many", "use_bias": 1, "kernel_regularizer": {"L2": -1}}}
    assert set(issues_of(Layer, value)) == {
        ("Dense", "unit"),
        ("Dense", "units"),
        ("Dense", "use_bias"),
        ("Dense", "kernel_regularizer", "L2", "l2"),
    }


@pytest.mark.parametrize(
    ("family", "value", "path", "text"),
    [
        (Layer, "Dens", (), "Did you mean `Dense`?"),
        (Layer, "qqq", (), "The layers are: "),
        (Layer, {"Dense": {"unit": 3, "units": 2}}, ("Dense", "unit"), "Did you mean `units`?"),
        (Layer, {"Add": 2}, ("Add",), "Write `Add` alone."),
        (Layer, {"Dense": 2, "Dropout": 0.1}, ("Dropout",), "next to Dense"),
        (Layer, {"Dense": 2, "use_bias": False}, ("use_bias",), "Make it an argument"),
        (Layer, 3, (), "Expected a layer"),
        (Layer, {"Dense": True}, ("Dense", "units"), "valid integer"),
        (Layer, {"Dense": 0}, ("Dense", "units"), "greater than 0"),
        (Layer, {"Dropout": float("nan")}, ("Dropout", "rate"), "finite"),
        (Regularizer, {"L2": float("inf")}, ("L2", "l2"), "finite"),
        (Layer, {"Dense": {"units": 1, "name": "a/b"}}, ("Dense", "name"), "without a slash"),
        (
            Layer,
            {"Dense": {"units": 1, "kernel_initializer": "he"}},
            ("Dense", "kernel_initializer"),
            "HeNormal",
        ),
    ],
)
def test_error_has_path_and_hint(
    issues_of: IssuesOf,
    family: type[Component],
    value: object,
    path: tuple[str, ...],
    text: str,
) -> None:
    issues = issues_of(family, value)
    assert list(issues) == [path]
    assert text in issues[path]


def test_single_value_never_sets_a_common_argument() -> None:
    assert Add.first_argument() is None
    assert Dense.first_argument() == "units"


def test_declared_arguments_come_before_inherited_ones() -> None:
    class Family(Component):
        """A family."""

        family = "a family"
        name: str | None = Field(None, description="Common.")

    class Member(Family):
        """A member."""

        size: int = Field(1, description="Own.")

    assert list(Member.model_fields) == ["size", "name"]
    assert Family.parse({"Member": 3}) == Member(size=3)


def test_component_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Dense(units=1).units = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("HeNormal", "he_normal"),
        ("AUC", "auc"),
        ("F1Score", "f1_score"),
        ("LeakyReLU", "leaky_re_lu"),
        ("KLDivergence", "kl_divergence"),
    ],
)
def test_snake_case_follows_keras(name: str, alias: str) -> None:
    assert snake_case(name) == alias
