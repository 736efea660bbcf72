"""What runs the epochs of a training: one module an engine, chosen by the config's `engine`."""

from __future__ import annotations

from nnlab.engine.loops.loop import Loop, choose_loop

__all__ = ["Loop", "choose_loop"]
