"""Layers."""

from __future__ import annotations

from nnlab.config.vocabulary.layers.layer import Layer

__all__ = ["Layer"]
