"""Optimizers with adaptive learning rates per weight: Adam and its variants, Adagrad, RMSprop."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nnlab.config.vocabulary.arguments import Epsilon
from nnlab.config.vocabulary.optimizers import (
    FirstMoment,
    InitialAccumulator,
    LearningRate,
    Momentum,
    Optimizer,
    SecondMoment,
    WeightDecay,
)

AmsGrad = Annotated[
    bool,
    Field(description="Whether to use the maximum of the second moments (Reddi et al., 2018)."),
]


class Adam(Optimizer):
    """Adaptive moment estimation (Kingma and Ba, 2014)."""

    learning_rate: LearningRate = 0.001
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-7
    amsgrad: AmsGrad = False


class AdamW(Optimizer):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2017)."""

    learning_rate: LearningRate = 0.001
    weight_decay: WeightDecay = 0.004
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-7
    amsgrad: AmsGrad = False


class Adamax(Optimizer):
    """Adam with the infinity norm (Kingma and Ba, 2014)."""

    learning_rate: LearningRate = 0.001
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-7


class Nadam(Optimizer):
    """Adam with Nesterov momentum (Dozat, 2016)."""

    learning_rate: LearningRate = 0.001
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-7


class ScheduleFreeAdamW(Optimizer):
    """AdamW with averaged iterates, without a schedule (Defazio et al., 2024)."""

    learning_rate: LearningRate = 0.0025
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-8
    warmup_steps: int = Field(0, ge=0, description="Steps of the linear warmup.")


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
