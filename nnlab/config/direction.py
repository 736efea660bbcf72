"""The direction of a metric."""

from __future__ import annotations

from typing import Literal

Direction = Literal["min", "max"]
"""Whether less or more of a metric is better."""
