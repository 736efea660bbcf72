"""The family of layers, and what all of them take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.config.diagnostics.issues import Expected
from nnlab.config.vocabulary.component import Component

LayerName = Annotated[
    str, Field(min_length=1, pattern=r"^[^/]+$"), Expected("a name without a slash")
]


class Layer(Component):
    """One layer of the model (`keras.layers`)."""

    family: ClassVar[str] = "a layer"
    example: ClassVar[str] = "Dense: {units: 64}"
    files: ClassVar[Mapping[str, str]] = {
        "activation": "Activation ReLU LeakyReLU PReLU ELU Softmax",
        "core": "Dense Embedding Identity",
        "merging": "Add Subtract Multiply Average Maximum Minimum Concatenate Dot",
        "normalization": (
            "BatchNormalization LayerNormalization GroupNormalization RMSNormalization "
            "UnitNormalization SpectralNormalization"
        ),
        "regularization": (
            "Dropout AlphaDropout GaussianDropout GaussianNoise ActivityRegularization"
        ),
        "reshaping": (
            "Flatten Reshape Permute RepeatVector Rescaling GlobalAveragePooling1D "
            "GlobalMaxPooling1D"
        ),
    }

    name: LayerName | None = Field(None, description="The layer's name; None: made from its type.")
    trainable: bool = Field(True, description="False freezes the layer's weights.")
    dtype: (
        Literal["float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16"]
        | None
    ) = Field(None, description="The layer's own precision; None: that of the training.")
