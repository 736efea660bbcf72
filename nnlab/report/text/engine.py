"""The training engine of a run and the reasons for it, as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnlab.report.text.numbers import format_count
from nnlab.runs.records.run import ChunkReason, LoopReason

_LOOP_REASONS = {
    LoopReason.REQUESTED: "requested by the config",
    LoopReason.NO_BATCH_CALLBACKS: "no per-batch callbacks",
    LoopReason.TENSORBOARD_PER_BATCH: "TensorBoard needs every batch",
    LoopReason.FEW_STEPS: "too few steps to trace a loop",
}
_CHUNK_REASONS = {
    ChunkReason.ROWS_ON_DISK: "on disk",
    ChunkReason.DEVICE_MEMORY: "too large to keep on the device",
}
_MIN_SECONDS = 0.005
_WHOLE_SECONDS = 10


def format_engine(engine: str, choice: Mapping[str, Any]) -> str:
    """Format an engine's name with the values of its `LoopChoice`, read from a record.

    Example:
        >>> estimate = {"compile_s": 0.48, "saved_s": 0.055}
        >>> choice = {"loop_reason": "no_per_batch_callbacks", "jit_compile": False}
        >>> format_engine("compiled", choice | {"jit_estimate": estimate})
        'compiled (no per-batch callbacks); XLA off (est. 0.48 s to compile, saves 0.06 s)'
    """
    reason = _LOOP_REASONS.get(choice.get("loop_reason", ""))
    if reason is None:
        return engine
    parts = [f"{engine} ({reason})", f"XLA {'on' if choice['jit_compile'] else 'off'}"]
    if jit_reason := _format_jit_reason(choice):
        parts[-1] += f" ({jit_reason})"
    if choice.get("chunk_reason") is not None:
        reason = _CHUNK_REASONS[ChunkReason(choice["chunk_reason"])]
        rows = format_count(choice["chunk_rows"])
        parts.append(f"streamed in chunks of {rows} rows ({reason})")
    return "; ".join(parts)


def _format_jit_reason(choice: Mapping[str, Any]) -> str:
    """Format why XLA compiles the steps or not, or return an empty string."""
    if choice.get("jit_failed"):
        return "compilation failed"
    if choice.get("jit_requested"):
        return "requested by the config"
    estimate = choice.get("jit_estimate")
    if estimate is None:
        return ""
    compile_s = _format_estimate(estimate["compile_s"])
    return f"est. {compile_s} to compile, saves {_format_estimate(estimate['saved_s'])}"


def _format_estimate(seconds: float) -> str:
    """Format an estimate with two decimals: it is not more precise."""
    if seconds < _MIN_SECONDS:
        return "<0.01 s"
    return f"{seconds:.0f} s" if seconds >= _WHOLE_SECONDS else f"{seconds:.2f} s"
