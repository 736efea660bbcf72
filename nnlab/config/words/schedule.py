"""The family of learning-rate schedules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from nnlab.config.words.word import Word


class Schedule(Word):
    """The learning rate as a function of the steps done (`keras.optimizers.schedules`)."""

    family: ClassVar[str] = "a learning-rate schedule"
    example: ClassVar[str] = "CosineDecay: {initial_learning_rate: 0.1, decay_steps: 1000}"
    files: ClassVar[Mapping[str, str]] = {
        "schedules": (
            "ExponentialDecay InverseTimeDecay PolynomialDecay PiecewiseConstantDecay "
            "CosineDecay CosineDecayRestarts"
        )
    }
