"""Every word and every argument against the installed Keras: names, order, defaults, aliases.

A new Keras that has another class, argument, default or alias fails here, and the tables below say
what was left out of the vocabulary on purpose.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any, get_args

import keras
import pytest

from nnlab.config.vocabulary.arguments import ActivationName
from nnlab.config.vocabulary.component import Component, snake_case
from nnlab.config.vocabulary.datasets import Dataset
from nnlab.config.vocabulary.families import FAMILIES
from nnlab.config.vocabulary.initializers import Initializer
from nnlab.config.vocabulary.layers import Layer

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

# Words of ours that Keras has as a string only.
STRINGS_OF_KERAS = {("Metric", "accuracy"), ("Loss", "crossentropy")}

BASE = "a base class, no member"
WRAPS_CODE = "takes Python code or objects, which YAML cannot say"
IMAGES = "for images: convolutions and what goes with them"
SEQUENCES = "for sequences: recurrence and attention"
AUGMENTS = "changes images at random"
PREPARES = "prepares data, which the data section does, learnt on training rows alone"
TENSORS = "for tensors of many axes; Dense is the MLP's"

LEFT_OUT_CLASSES: dict[str, dict[str, str]] = {
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
        "wraps others: mixed precision applies it by itself": "LossScaleOptimizer",
        "wraps others, chosen by Python functions of layers": "MultiOptimizer OptimizerMap",
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
        "sees no targets: a mean or sum of given values": "Mean Sum",
    },
}

# Arguments left out wherever they appear, or of one word; each with its reason.
LEFT_OUT_ARGUMENTS: dict[str, str] = {
    "lora_rank": "fine-tuning of large models",
    "lora_alpha": "fine-tuning of large models",
    "quantization_config": "an object; quantization is for inference",
    "data_format": "the order of images' axes: Keras' default",
    "input_axes": "axes of kernels with more than two axes; layers pass it themselves",
    "output_axes": "axes of kernels with more than two axes; layers pass it themselves",
    "Embedding.weights": "an array; `embeddings_initializer` says how the table starts",
    "Loss.dtype": "the precision of the training applies",
    "Metric.dtype": "the precision of the training applies",
}

# What every layer takes through its base class; the rest there (`autocast`, `activity_regularizer`
# where the layer does not name it) is for authors of layers.
OF_EVERY_LAYER = ("name", "trainable", "dtype")

# Choices of ours that are fewer than Keras' own: no figure could be logged for the others.
LEFT_OUT_ACTIVATIONS = {
    "glu": "halves the width, which Keras' shape inference does not know",
    "threshold": "cannot be called without arguments",
}


def family_of(component: type[Component]) -> str:
    return next(base.__name__ for base in component.__mro__ if Component in base.__bases__)


def name_of(component: type[Component]) -> str:
    """What a test's name calls a word: `Metric.Hinge`, as losses have one too."""
    return f"{family_of(component)}.{component.__name__}"


WORDS = [
    component
    for family in FAMILIES
    if family is not Dataset
    for component in family.members.values()
]
CLASSES = [
    component
    for component in WORDS
    if (family_of(component), component.display_name()) not in STRINGS_OF_KERAS
]


def keras_class(component: type[Component]) -> Any:
    return getattr(MODULES[family_of(component)], component.__name__)


def keras_arguments(component: type[Component]) -> dict[str, inspect.Parameter]:
    """The arguments of a Keras class in its order, without those left out."""
    family = family_of(component)
    parameters = dict(inspect.signature(keras_class(component).__init__).parameters)
    if family == "Layer":
        base = inspect.signature(keras.layers.Layer.__init__).parameters
        parameters |= {name: base[name] for name in OF_EVERY_LAYER if name not in parameters}
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {
        name: parameter
        for name, parameter in parameters.items()
        if name != "self"
        and parameter.kind not in variadic
        and not {name, f"{component.__name__}.{name}", f"{family}.{name}"}
        & LEFT_OUT_ARGUMENTS.keys()
    }


@pytest.mark.parametrize("component", CLASSES, ids=name_of)
def test_word_is_a_class_of_keras(component: type[Component]) -> None:
    assert inspect.isclass(keras_class(component))
    assert keras_class(component).__name__ == component.__name__ == component.display_name()


@pytest.mark.parametrize("family", MODULES)
def test_every_class_of_keras_is_a_word_or_left_out_for_a_reason(family: str) -> None:
    exported = {item.__name__ for item in vars(MODULES[family]).values() if inspect.isclass(item)}
    components = {component.__name__ for component in CLASSES if family_of(component) == family}
    left_out = {name for names in LEFT_OUT_CLASSES[family].values() for name in names.split()}
    assert exported == components | left_out
    assert not components & left_out


@pytest.mark.parametrize("component", CLASSES, ids=name_of)
def test_arguments_are_those_of_keras(component: type[Component]) -> None:
    assert set(component.model_fields) == set(keras_arguments(component))


@pytest.mark.parametrize("component", CLASSES, ids=name_of)
def test_own_arguments_come_first_in_the_order_of_keras(
    component: type[Component],
) -> None:
    own = [name for name in inspect.get_annotations(component) if name in component.model_fields]
    assert list(component.model_fields)[: len(own)] == own
    assert own == [name for name in keras_arguments(component) if name in own]


@pytest.mark.parametrize("component", CLASSES, ids=name_of)
def test_lone_value_fills_the_first_argument_of_keras(component: type[Component]) -> None:
    common = ("name", *(OF_EVERY_LAYER if issubclass(component, Layer) else ()))
    assert component.first_argument() == next(
        (name for name in keras_arguments(component) if name not in common), None
    )


@pytest.mark.parametrize("component", CLASSES, ids=name_of)
def test_defaults_are_those_of_keras(component: type[Component]) -> None:
    for name, parameter in keras_arguments(component).items():
        field = component.model_fields[name]
        if parameter.default is inspect.Parameter.empty:
            assert field.is_required(), name
            continue
        ours = field.get_default(call_default_factory=True)
        if isinstance(ours, Initializer):
            assert ours == Initializer.parse(parameter.default), name
        elif isinstance(parameter.default, tuple):
            assert ours == list(parameter.default), name
        else:
            assert ours == parameter.default, name
            assert isinstance(ours, bool) == isinstance(parameter.default, bool), name


def test_every_argument_left_out_is_one_of_keras() -> None:
    known = {
        key
        for component in CLASSES
        for name in inspect.signature(keras_class(component).__init__).parameters
        for key in (name, f"{component.__name__}.{name}", f"{family_of(component)}.{name}")
    }
    assert LEFT_OUT_ARGUMENTS.keys() <= known


@pytest.mark.parametrize("component", WORDS, ids=name_of)
def test_word_and_arguments_are_described(component: type[Component]) -> None:
    assert component.__doc__ is not None
    assert len(component.__doc__.splitlines()) == 1
    for name, field in component.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def names_of_keras(family: str) -> dict[str, str]:
    """Every string that Keras takes for a member of a family, with the class that it stands for.

    Losses have functions beside their classes; one is named as its class is in snake_case.
    """
    source = importlib.import_module(f"keras.src.{MODULES[family].__name__.removeprefix('keras.')}")
    classes = {
        snake_case(item.__name__): item.__name__
        for item in vars(MODULES[family]).values()
        if inspect.isclass(item)
    }
    return {
        name: item.__name__ if inspect.isclass(item) else classes[item.__name__]
        for name, item in source.ALL_OBJECTS_DICT.items()
        if inspect.isclass(item) or item.__name__ in classes
    }


@pytest.mark.parametrize("family", [family for family in FAMILIES if family.__name__ in MODULES])
def test_names_of_two_words_differ(family: type[Component]) -> None:
    names = [name for component in family.members.values() for name in set(component.all_names())]
    assert sorted(names) == sorted(family.names)


@pytest.mark.parametrize(
    "name", ["Initializer", "Regularizer", "Constraint", "Optimizer", "Loss", "Metric"]
)
def test_strings_of_keras_name_the_same_word(name: str) -> None:
    family = next(family for family in FAMILIES if family.__name__ == name)
    in_keras = names_of_keras(name)
    components = {component.__name__ for component in family.members.values()}
    # Keras' `compile` catches this string before it looks it up, and chooses by shape.
    in_keras.pop("accuracy", None)
    for string, class_name in in_keras.items():
        if class_name in components:
            assert family.lookup(string) is not None, string
            assert family.lookup(string).__name__ == class_name, string  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "name", ["Initializer", "Regularizer", "Constraint", "Optimizer", "Loss", "Metric"]
)
def test_aliases_are_strings_of_keras(name: str) -> None:
    family = next(family for family in FAMILIES if family.__name__ == name)
    in_keras = names_of_keras(name)
    for component in family.members.values():
        if (name, component.display_name()) in STRINGS_OF_KERAS:
            continue
        for alias in component.aliases:
            assert in_keras[alias] == component.__name__


def test_activations_are_those_of_keras() -> None:
    in_keras = importlib.import_module("keras.src.activations").ALL_OBJECTS_DICT
    assert set(get_args(ActivationName)) == set(in_keras) - set(LEFT_OUT_ACTIVATIONS)
    assert set(LEFT_OUT_ACTIVATIONS) <= set(in_keras)
