"""The family of layers, and what all of them take."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.config.problems import Expected
from nnlab.config.words.word import Word

LayerName = Annotated[
    str, Field(min_length=1, pattern=r"^[^/]+$"), Expected("a name without a slash")
]


class Layer(Word):
    """One layer of the model (`keras.layers`)."""

    family: ClassVar[str] = "a layer"
    example: ClassVar[str] = "Dense: {units: 64}"

    name: LayerName | None = Field(None, description="The layer's name; None: made from its type.")
    trainable: bool = Field(True, description="False freezes the layer's weights.")
    dtype: (
        Literal["float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16"]
        | None
    ) = Field(None, description="The layer's own precision; None: that of the training.")
