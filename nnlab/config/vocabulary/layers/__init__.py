"""The family of layers, and the arguments of all layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.config.diagnostics import Expected
from nnlab.config.vocabulary.component import Component

LayerName = Annotated[
    str, Field(min_length=1, pattern=r"^[^/]+$"), Expected("a name without a slash")
]


class Layer(Component):
    """A layer of the model (`keras.layers`)."""

    family: ClassVar[str] = "a layer"
    example: ClassVar[str] = "Dense: {units: 64}"
    files: ClassVar[Mapping[str, str]] = {
        "layers.activation": "Activation ReLU LeakyReLU PReLU ELU Softmax",
        "layers.core": "Dense Embedding Identity",
        "layers.merging": "Add Subtract Multiply Average Maximum Minimum Concatenate Dot",
        "layers.normalization": (
            "BatchNormalization LayerNormalization GroupNormalization RMSNormalization "
            "UnitNormalization SpectralNormalization"
        ),
        "layers.regularization": (
            "Dropout AlphaDropout GaussianDropout GaussianNoise ActivityRegularization"
        ),
        "layers.reshaping": (
            "Flatten Reshape Permute RepeatVector Rescaling GlobalAveragePooling1D "
            "GlobalMaxPooling1D"
        ),
    }

    name: LayerName | None = Field(
        None, description="Name of the layer; None: derived from its class."
    )
    trainable: bool = Field(
        True, description="Whether the weights are trained; false freezes them."
    )
    dtype: (
        Literal["float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16"]
        | None
    ) = Field(None, description="Dtype policy of the layer; None: that of the training.")
