"""Optimizers for special cases: low memory, sparse models, large batches, large kernels."""

from __future__ import annotations

from pydantic import Field

from nnlab.config.vocabulary.arguments import Epsilon, Name
from nnlab.config.vocabulary.optimizers import (
    FirstMoment,
    InitialAccumulator,
    LearningRate,
    Momentum,
    Optimizer,
    SecondMoment,
    WeightDecay,
)


class Adafactor(Optimizer):
    """Adam with factored second moments, for low memory (Shazeer and Stern, 2018)."""

    learning_rate: LearningRate = 0.001
    beta_2_decay: float = Field(
        -0.8, le=0, description="Exponent of the decay of the second moment."
    )
    epsilon_1: Epsilon = 1e-30
    epsilon_2: float = Field(1e-3, ge=0, description="Lower bound of the relative step size.")
    clip_threshold: float = Field(1.0, gt=0, description="Maximum root mean square of a step.")
    relative_step: bool = Field(
        True, description="Whether the learning rate decreases with the steps."
    )


class Ftrl(Optimizer):
    """Follow the regularized leader: sparse weights for linear models (McMahan et al., 2013)."""

    learning_rate: LearningRate = 0.001
    learning_rate_power: float = Field(
        -0.5, le=0, description="Exponent of the learning-rate decay; 0: none."
    )
    initial_accumulator_value: InitialAccumulator = 0.1
    l1_regularization_strength: float = Field(0.0, ge=0, description="Strength of the L1 penalty.")
    l2_regularization_strength: float = Field(0.0, ge=0, description="Strength of the L2 penalty.")
    l2_shrinkage_regularization_strength: float = Field(
        0.0, ge=0, description="Strength of the L2 shrinkage penalty, on the gradient."
    )
    beta: float = Field(0.0, ge=0, description="The beta of the paper.")


class Lion(Optimizer):
    """Steps by the sign of the averaged gradient (Chen et al., 2023)."""

    learning_rate: LearningRate = 0.001
    beta_1: float = Field(
        0.9, gt=0, le=1, description="Interpolation between moving average and gradient in a step."
    )
    beta_2: FirstMoment = 0.99


class Lamb(Optimizer):
    """Adam with layerwise scaling, for large batches (You et al., 2019)."""

    learning_rate: LearningRate = 0.001
    beta_1: FirstMoment = 0.9
    beta_2: SecondMoment = 0.999
    epsilon: Epsilon = 1e-7


class Muon(Optimizer):
    """Orthogonal momentum steps for kernels, AdamW for the rest (Jordan et al., 2024)."""

    learning_rate: LearningRate = 0.001
    adam_beta_1: FirstMoment = 0.9
    adam_beta_2: SecondMoment = 0.999
    adam_weight_decay: float = Field(
        0.004, ge=0, description="Weight decay of the weights trained by AdamW."
    )
    epsilon: Epsilon = 1e-7
    weight_decay: WeightDecay = 0.004
    exclude_layers: list[Name] | None = Field(
        None, description="Patterns of paths of weights trained by AdamW."
    )
    exclude_embeddings: bool = Field(True, description="Whether embeddings are trained by AdamW.")
    muon_a: float = Field(3.4445, description="Coefficient a of the Newton-Schulz iteration.")
    muon_b: float = Field(-4.7750, description="Coefficient b of the Newton-Schulz iteration.")
    muon_c: float = Field(2.0315, description="Coefficient c of the Newton-Schulz iteration.")
    adam_lr_ratio: float = Field(1.0, gt=0, description="Ratio of AdamW's learning rate to Muon's.")
    momentum: Momentum = 0.95
    ns_steps: int = Field(5, ge=1, description="Newton-Schulz iterations per step.")
    nesterov: bool = Field(True, description="Whether to use Nesterov momentum (Nesterov, 1983).")
    rms_rate: float | None = Field(
        0.2, gt=0, description="Scales steps to the size of Adam's; None: no scaling."
    )
