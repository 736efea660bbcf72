"""Optimizers."""

from __future__ import annotations

from nnlab.config.vocabulary.optimizers.optimizer import Optimizer

__all__ = ["Optimizer"]
