"""Gradient descent itself."""

from __future__ import annotations

from pydantic import Field

from nnlab.config.vocabulary.optimizers.optimizer import LearningRate, Momentum, Optimizer


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted (Robbins and Monro, 1951; Polyak, 1964)."""

    learning_rate: LearningRate = 0.01
    momentum: Momentum = 0.0
    nesterov: bool = Field(False, description="Whether the gradient looks ahead (Nesterov, 1983).")
