from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import Field

from nnlab.config.vocabulary.argument_families import Regularizer
from nnlab.config.vocabulary.component import Component, snake_case
from nnlab.config.vocabulary.initializers import GlorotUniform, HeNormal, Zeros
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.layers.core import Dense
from nnlab.config.vocabulary.layers.merging import Add
from nnlab.config.vocabulary.layers.normalization import BatchNormalization, SpectralNormalization
from nnlab.config.vocabulary.layers.regularization import Dropout
from nnlab.config.vocabulary.layers.reshaping import Flatten, Reshape
from nnlab.config.vocabulary.regularizers import L1L2, L2

ProblemsOf = Callable[[type[Component], object], dict[tuple[str | int, ...], str]]


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
def test_word_is_read_from_each_of_its_forms(value: object, component: Layer) -> None:
    assert Layer.parse(value) == component


def test_words_inside_words_are_read_from_each_of_their_forms() -> None:
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


def test_default_words_are_words() -> None:
    assert Dense(units=1).kernel_initializer == GlorotUniform()
    assert Dense(units=1).kernel_regularizer is None


def test_tree_holds_what_differs_from_the_defaults_alone() -> None:
    assert Flatten().to_tree() == "Flatten"
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


def test_all_faults_of_a_word_are_told_at_their_places(problems_of: ProblemsOf) -> None:
    value = {"Dense": {"unit": 3, "units": "many", "use_bias": 1, "kernel_regularizer": {"L2": -1}}}
    assert set(problems_of(Layer, value)) == {
        ("Dense", "unit"),
        ("Dense", "units"),
        ("Dense", "use_bias"),
        ("Dense", "kernel_regularizer", "L2", "l2"),
    }


@pytest.mark.parametrize(
    ("family", "value", "place", "told"),
    [
        (Layer, "Dens", (), "Did you mean `Dense`?"),
        (Layer, "qqq", (), "The layers are: "),
        (Layer, {"Dense": {"unit": 3, "units": 2}}, ("Dense", "unit"), "Did you mean `units`?"),
        (Layer, {"Add": 2}, ("Add",), "Write `Add` alone."),
        (Layer, {"Dense": 2, "Dropout": 0.1}, ("Dropout",), "stands beside Dense"),
        (Layer, {"Dense": 2, "use_bias": False}, ("use_bias",), "Put it among the arguments"),
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
def test_fault_says_where_and_what_to_do(
    problems_of: ProblemsOf,
    family: type[Component],
    value: object,
    place: tuple[str, ...],
    told: str,
) -> None:
    issues = problems_of(family, value)
    assert list(issues) == [place]
    assert told in issues[place]


def test_lone_value_never_fills_an_argument_that_every_layer_has() -> None:
    assert Add.first_argument() is None
    assert Dense.first_argument() == "units"


def test_own_arguments_stand_before_inherited_ones() -> None:
    class Family(Component):
        """A family."""

        family = "a family"
        name: str | None = Field(None, description="Common.")

    class Member(Family):
        """A member."""

        size: int = Field(1, description="Own.")

    assert list(Member.model_fields) == ["size", "name"]
    assert Family.parse({"Member": 3}) == Member(size=3)


def test_word_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Dense(units=1).units = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("HeNormal", "he_normal"),
        ("AUC", "auc"),
        ("F1Score", "f1_score"),
        ("LeakyReLU", "leaky_re_lu"),
    ],
)
def test_snake_case_is_that_of_keras(name: str, alias: str) -> None:
    assert snake_case(name) == alias
