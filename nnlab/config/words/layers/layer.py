"""The family of layers, and what all of them take."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from nnlab.config.words.word import Word


class Layer(Word):
    """One layer of the model (`keras.layers`)."""

    family: ClassVar[str] = "a layer"

    name: str | None = Field(
        None,
        min_length=1,
        pattern=r"^[^/]+$",
        description="The layer's name; None: made from its type.",
    )
    trainable: bool = Field(True, description="False freezes the layer's weights.")
    dtype: (
        Literal["float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16"]
        | None
    ) = Field(None, description="The layer's own precision; None: that of the training.")
