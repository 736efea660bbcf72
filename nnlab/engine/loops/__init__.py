"""Loops over the epochs of a training; one is selected before the first epoch."""

from __future__ import annotations

from nnlab.engine.loops.loop import Loop
from nnlab.engine.loops.selection import EngineSelection, select_engine

__all__ = ["EngineSelection", "Loop", "select_engine"]
