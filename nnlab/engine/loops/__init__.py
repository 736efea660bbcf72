"""What runs the epochs of a training: one module an engine, chosen before the first epoch."""

from __future__ import annotations

from nnlab.engine.loops.choosing import Choice, choose_loop
from nnlab.engine.loops.loop import Loop

__all__ = ["Choice", "Loop", "choose_loop"]
