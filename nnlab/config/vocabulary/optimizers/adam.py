"""Adam and its kin: steps from moving averages of gradients and of their sizes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nnlab.config.vocabulary.arguments import Epsilon
from nnlab.config.vocabulary.optimizers.optimizer import (
    FirstMoment,
    LearningRate,
    Optimizer,
    SecondMoment,
    WeightDecay,
)

AmsGrad = Annotated[
    bool,
    Field(description="Whether to keep the largest second moment so far (Reddi et al., 2018)."),
]


class Adam(Optimizer):
    """Steps from moving averages of gradients and of their squares (Kingma and Ba, 2014)."""

    learning_rate: LearningRate = 0.001
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-7
    amsgrad: AmsGrad = False


class AdamW(Optimizer):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2017)."""

    learning_rate: LearningRate = 0.001
    weight_decay: WeightDecay = 0.004
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-7
    amsgrad: AmsGrad = False


class Adamax(Optimizer):
    """Adam with the largest gradient in place of the mean square (Kingma and Ba, 2014)."""

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
    """AdamW that averages its own path and so needs no schedule (Defazio et al., 2024)."""

    learning_rate: LearningRate = 0.0025
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-8
    warmup_steps: int = Field(
        0, ge=0, description="Steps over which the learning rate rises to its value."
    )
