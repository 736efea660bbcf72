"""Optimizers that give each weight steps of its own size, without a moving average of gradients."""

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
    """Smaller steps for weights that have moved much (Duchi et al., 2011)."""

    learning_rate: LearningRate = 0.001
    initial_accumulator_value: InitialAccumulator = 0.1
    epsilon: Epsilon = 1e-7


class Adadelta(Optimizer):
    """Adagrad over a moving window, steps scaled by the steps before (Zeiler, 2012)."""

    learning_rate: LearningRate = 0.001
    rho: SecondMoment = 0.95
    epsilon: Epsilon = 1e-7


class RMSprop(Optimizer):
    """Divides gradients by the root of their moving mean square (Tieleman and Hinton, 2012)."""

    learning_rate: LearningRate = 0.001
    rho: SecondMoment = 0.9
    momentum: Momentum = 0.0
    epsilon: Epsilon = 1e-7
    centered: bool = Field(False, description="Whether the variance is used, not the mean square.")
