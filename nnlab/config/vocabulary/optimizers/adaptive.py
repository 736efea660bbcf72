"""Optimizers with adaptive learning rates per weight."""

from __future__ import annotations

from pydantic import Field

from nnlab.config.vocabulary.arguments import Epsilon
from nnlab.config.vocabulary.optimizers.optimizer import (
    InitialAccumulator,
    LearningRate,
    Momentum,
    Optimizer,
    SecondMoment,
)


class Adagrad(Optimizer):
    """Learning rates that decrease with the squared gradients (Duchi et al., 2011)."""

    learning_rate: LearningRate = 0.001
    initial_accumulator_value: InitialAccumulator = 0.1
    epsilon: Epsilon = 1e-7


class Adadelta(Optimizer):
    """Adagrad with moving averages of gradients and steps (Zeiler, 2012)."""

    learning_rate: LearningRate = 0.001
    rho: SecondMoment = 0.95
    epsilon: Epsilon = 1e-7


class RMSprop(Optimizer):
    """Divides gradients by their moving root mean square (Tieleman and Hinton, 2012)."""

    learning_rate: LearningRate = 0.001
    rho: SecondMoment = 0.9
    momentum: Momentum = 0.0
    epsilon: Epsilon = 1e-7
    centered: bool = Field(
        False, description="Whether to use the variance instead of the mean square."
    )
