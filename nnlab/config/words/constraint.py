"""The family of constraints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from nnlab.config.words.word import Word


class Constraint(Word):
    """A rule that a layer's weights are made to obey after each step (`keras.constraints`)."""

    family: ClassVar[str] = "a constraint"
    example: ClassVar[str] = "MaxNorm: 2"
    files: ClassVar[Mapping[str, str]] = {"constraints": "MaxNorm NonNeg UnitNorm MinMaxNorm"}
