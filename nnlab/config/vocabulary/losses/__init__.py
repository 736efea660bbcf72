"""Losses."""

from __future__ import annotations

from nnlab.config.vocabulary.losses.loss import Loss

__all__ = ["Loss"]
