"""The family of regularizers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from nnlab.config.words.word import Word


class Regularizer(Word):
    """A penalty on a layer's weights, added to the loss (`keras.regularizers`)."""

    family: ClassVar[str] = "a regularizer"
    example: ClassVar[str] = "L2: 0.01"
    files: ClassVar[Mapping[str, str]] = {"regularizers": "L1 L2 L1L2 OrthogonalRegularizer"}
