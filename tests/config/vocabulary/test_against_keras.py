"""The vocabulary against the installed Keras: classes, arguments, order, defaults, aliases.

A new Keras with another class, argument, default or alias fails here. The tables list what the
vocabulary excludes, with the reason.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any, get_args

import keras
import pytest

from nnlab.config.vocabulary.arguments import ActivationName
from nnlab.config.vocabulary.component import Component, snake_case
from nnlab.config.vocabulary.initializers import Initializer
from nnlab.config.vocabulary.layers import Layer
from tests.config.vocabulary.components import (
    KERAS_FAMILIES,
    KERAS_STRINGS,
    Failures,
    components_of,
    family_name,
    keras_components_of,
)

MODULES: dict[str, Any] = {
    "Layer": keras.layers,
    "Initializer": keras.initializers,
    "Regularizer": keras.regularizers,
    "Constraint": keras.constraints,
    "Optimizer": keras.optimizers,
    "Schedule": keras.optimizers.schedules,
    "Loss": keras.losses,
    "Metric": keras.metrics,
}
FAMILIES_WITH_STRINGS = [
    family for family in KERAS_FAMILIES if family.__name__ not in ("Layer", "Schedule")
]

BASE = "a base class"
WRAPS_CODE = "takes Python code or objects"
IMAGES = "for images: convolutions and related layers"
SEQUENCES = "for sequences: recurrence and attention"
AUGMENTS = "augments images"
PREPARES = "prepares data: the `data` section does this, fitted on training rows only"
TENSORS = "for tensors with many axes; an MLP uses Dense"

EXCLUDED_CLASSES: dict[str, dict[str, str]] = {
    "Layer": {
        BASE: "Layer Wrapper InputSpec InputLayer Pipeline",
        WRAPS_CODE: "Lambda JaxLayer FlaxLayer TorchModuleWrapper TFSMLayer",
        IMAGES: """
            Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose
            DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D AveragePooling1D
            AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D
            GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling2D
            GlobalMaxPooling3D AdaptiveAveragePooling1D AdaptiveAveragePooling2D
            AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D
            AdaptiveMaxPooling3D Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D
            UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D SpatialDropout1D
            SpatialDropout2D SpatialDropout3D Resizing CenterCrop MaxNumBoundingBoxes
        """,
        SEQUENCES: """
            RNN SimpleRNN SimpleRNNCell GRU GRUCell LSTM LSTMCell StackedRNNCells
            Bidirectional ConvLSTM1D ConvLSTM2D ConvLSTM3D TimeDistributed Masking Attention
            AdditiveAttention MultiHeadAttention GroupedQueryAttention ReversibleEmbedding
        """,
        AUGMENTS: """
            AugMix AutoContrast CutMix Equalization MixUp RandAugment RandomBrightness
            RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop
            RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur
            RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization
            RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation
            RandomZoom Solarization ContrastLimitedAdaptiveHistogramEqualization
        """,
        PREPARES: """
            Normalization Discretization CategoryEncoding Hashing HashedCrossing
            IntegerLookup StringLookup TextVectorization MelSpectrogram STFTSpectrogram
        """,
        TENSORS: "EinsumDense",
    },
    "Initializer": {
        BASE: "Initializer",
        "for spectrograms": "STFT",
    },
    "Regularizer": {
        BASE: "Regularizer",
    },
    "Constraint": {
        BASE: "Constraint",
    },
    "Optimizer": {
        BASE: "Optimizer",
        "wraps another optimizer: mixed precision applies it automatically": "LossScaleOptimizer",
        "wraps other optimizers, chosen by Python functions": "MultiOptimizer OptimizerMap",
    },
    "Schedule": {
        BASE: "LearningRateSchedule",
    },
    "Loss": {
        BASE: "Loss",
        SEQUENCES: "CTC",
    },
    "Metric": {
        BASE: "Metric MeanMetricWrapper",
        "a mean or sum of values, without targets": "Mean Sum",
    },
}

# Arguments excluded everywhere, or from one class or family, with the reason.
EXCLUDED_ARGUMENTS: dict[str, str] = {
    "lora_rank": "fine-tuning of large models",
    "lora_alpha": "fine-tuning of large models",
    "quantization_config": "an object; quantization is for inference",
    "data_format": "the order of images' axes: Keras' default",
    "input_axes": "axes of kernels with more than two axes; set by layers",
    "output_axes": "axes of kernels with more than two axes; set by layers",
    "Embedding.weights": "an array; `embeddings_initializer` sets the initial vectors",
    "Loss.dtype": "the precision of the training applies",
    "Metric.dtype": "the precision of the training applies",
}

# Arguments of the base class of layers. Its others (`autocast`, `activity_regularizer`) are for
# authors of layers.
BASE_LAYER_ARGUMENTS = ("name", "trainable", "dtype")

EXCLUDED_ACTIVATIONS = {
    "glu": "halves the width, which Keras' shape inference ignores",
    "threshold": "cannot be called without arguments",
}


every_family = pytest.mark.parametrize("family", KERAS_FAMILIES, ids=family_name)


def keras_class(family: type[Component], component: type[Component]) -> Any:
    return getattr(MODULES[family.__name__], component.__name__)


def keras_arguments(
    family: type[Component], component: type[Component]
) -> dict[str, inspect.Parameter]:
    """Return the arguments of a Keras class in its order, without excluded ones."""
    parameters = dict(inspect.signature(keras_class(family, component).__init__).parameters)
    if family is Layer:
        base = inspect.signature(keras.layers.Layer.__init__).parameters
        parameters |= {name: base[name] for name in BASE_LAYER_ARGUMENTS if name not in parameters}
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {
        name: parameter
        for name, parameter in parameters.items()
        if name != "self"
        and parameter.kind not in variadic
        and not {name, f"{component.__name__}.{name}", f"{family.__name__}.{name}"}
        & EXCLUDED_ARGUMENTS.keys()
    }


@every_family
def test_components_are_keras_classes(family: type[Component]) -> None:
    failures = Failures()
    for component in keras_components_of(family):
        with failures.collect(component.__name__):
            in_keras = keras_class(family, component)
            assert inspect.isclass(in_keras)
            assert in_keras.__name__ == component.__name__ == component.display_name()
    failures.check()


@every_family
def test_every_keras_class_is_included_or_excluded(family: type[Component]) -> None:
    name = family.__name__
    exported = {item.__name__ for item in vars(MODULES[name]).values() if inspect.isclass(item)}
    components = {component.__name__ for component in keras_components_of(family)}
    excluded = {item for names in EXCLUDED_CLASSES[name].values() for item in names.split()}
    assert exported == components | excluded
    assert not components & excluded


@every_family
def test_arguments_match_keras(family: type[Component]) -> None:
    failures = Failures()
    for component in keras_components_of(family):
        with failures.collect(component.__name__):
            assert set(component.model_fields) == set(keras_arguments(family, component))
    failures.check()


@every_family
def test_declared_arguments_come_first_in_keras_order(family: type[Component]) -> None:
    failures = Failures()
    for component in keras_components_of(family):
        with failures.collect(component.__name__):
            fields = component.model_fields
            declared = [name for name in inspect.get_annotations(component) if name in fields]
            assert list(fields)[: len(declared)] == declared
            in_keras = keras_arguments(family, component)
            assert declared == [name for name in in_keras if name in declared]
    failures.check()


@every_family
def test_single_value_sets_the_first_keras_argument(family: type[Component]) -> None:
    common = ("name", *(BASE_LAYER_ARGUMENTS if family is Layer else ()))
    failures = Failures()
    for component in keras_components_of(family):
        with failures.collect(component.__name__):
            in_keras = keras_arguments(family, component)
            first = next((name for name in in_keras if name not in common), None)
            assert component.first_argument() == first
    failures.check()


@every_family
def test_defaults_match_keras(family: type[Component]) -> None:
    failures = Failures()
    for component in keras_components_of(family):
        for name, parameter in keras_arguments(family, component).items():
            with failures.collect(f"{component.__name__}.{name}"):
                check_default(component, name, parameter.default)
    failures.check()


def check_default(component: type[Component], name: str, expected: Any) -> None:
    field = component.model_fields[name]
    if expected is inspect.Parameter.empty:
        assert field.is_required()
        return
    default = field.get_default(call_default_factory=True)
    if isinstance(default, Initializer):
        assert default == Initializer.parse(expected)
    elif isinstance(expected, tuple):
        assert default == list(expected)
    else:
        assert default == expected
        assert isinstance(default, bool) == isinstance(expected, bool)


def test_excluded_arguments_exist_in_keras() -> None:
    known = {
        key
        for family in KERAS_FAMILIES
        for component in keras_components_of(family)
        for name in inspect.signature(keras_class(family, component).__init__).parameters
        for key in (name, f"{component.__name__}.{name}", f"{family.__name__}.{name}")
    }
    assert EXCLUDED_ARGUMENTS.keys() <= known


@every_family
def test_components_and_arguments_have_descriptions(family: type[Component]) -> None:
    failures = Failures()
    for component in components_of(family):
        with failures.collect(component.__name__):
            assert component.__doc__ is not None
            assert len(component.__doc__.splitlines()) == 1
        for name, field in component.model_fields.items():
            with failures.collect(f"{component.__name__}.{name}"):
                assert field.description is not None
                assert field.description.endswith(".")
    failures.check()


def keras_names(family: type[Component]) -> dict[str, str]:
    """Return every string that Keras accepts for a family, with the name of its class.

    Losses also have functions; one has the snake_case name of its class.
    """
    module = MODULES[family.__name__]
    source = importlib.import_module(f"keras.src.{module.__name__.removeprefix('keras.')}")
    classes = {
        snake_case(item.__name__): item.__name__
        for item in vars(module).values()
        if inspect.isclass(item)
    }
    return {
        name: item.__name__ if inspect.isclass(item) else classes[item.__name__]
        for name, item in source.ALL_OBJECTS_DICT.items()
        if inspect.isclass(item) or item.__name__ in classes
    }


@every_family
def test_names_are_unique_within_a_family(family: type[Component]) -> None:
    names = [name for component in components_of(family) for name in set(component.all_names())]
    assert sorted(names) == sorted(family.names)


@pytest.mark.parametrize("family", FAMILIES_WITH_STRINGS, ids=family_name)
def test_keras_strings_select_the_same_class(family: type[Component]) -> None:
    in_keras = keras_names(family)
    components = {component.__name__ for component in components_of(family)}
    # Keras' `compile` resolves this string by shape, before any lookup.
    in_keras.pop("accuracy", None)
    found = {string: family.lookup(string) for string in in_keras}
    assert {
        string: component.__name__ if component else None
        for string, component in found.items()
        if in_keras[string] in components
    } == {string: name for string, name in in_keras.items() if name in components}


@pytest.mark.parametrize("family", FAMILIES_WITH_STRINGS, ids=family_name)
def test_aliases_are_keras_strings(family: type[Component]) -> None:
    in_keras = keras_names(family)
    failures = Failures()
    for component in keras_components_of(family):
        for alias in component.aliases:
            with failures.collect(f"{component.__name__} {alias}"):
                assert in_keras[alias] == component.__name__
    failures.check()


def test_strings_by_shape_are_members() -> None:
    members = {
        (family.__name__, component.display_name())
        for family in KERAS_FAMILIES
        for component in components_of(family)
    }
    assert members >= KERAS_STRINGS


def test_activations_match_keras() -> None:
    in_keras = importlib.import_module("keras.src.activations").ALL_OBJECTS_DICT
    assert set(get_args(ActivationName)) == set(in_keras) - set(EXCLUDED_ACTIVATIONS)
    assert set(EXCLUDED_ACTIVATIONS) <= set(in_keras)
