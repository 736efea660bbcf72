"""Layers: what a model is built of."""

from __future__ import annotations

from nnlab.config.words.layers.layer import Layer

__all__ = ["Layer"]
