"""What runs the epochs of a training: one module an engine, chosen before the first epoch."""

from __future__ import annotations

from nnlab.engine.loops.loop import Loop
from nnlab.engine.loops.selection import EngineSelection, select_engine

__all__ = ["EngineSelection", "Loop", "select_engine"]
