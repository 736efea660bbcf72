"""Metrics."""

from __future__ import annotations

from nnlab.config.vocabulary.metrics.metric import Metric

__all__ = ["Metric"]
