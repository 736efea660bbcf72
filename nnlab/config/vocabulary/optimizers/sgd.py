"""Gradient descent."""

from __future__ import annotations

from pydantic import Field

from nnlab.config.vocabulary.optimizers.optimizer import LearningRate, Momentum, Optimizer


class SGD(Optimizer):
    """Gradient descent, optionally with momentum (Robbins and Monro, 1951; Polyak, 1964)."""

    learning_rate: LearningRate = 0.01
    momentum: Momentum = 0.0
    nesterov: bool = Field(False, description="Whether to use Nesterov momentum (Nesterov, 1983).")
