"""The training engine as a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nnlab.report.text.engine import format_engine
from nnlab.runs.records.run import ChunkReason, JitEstimate, LoopChoice, LoopReason

LONG = JitEstimate(compile_s=0.45, saved_s=123.4)
SHORT = JitEstimate(compile_s=0.45, saved_s=0.0004)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (
            {"loop_reason": LoopReason.NO_BATCH_CALLBACKS, "jit_estimate": SHORT},
            "(no per-batch callbacks); XLA off (est. 0.45 s to compile, saves <0.01 s)",
        ),
        (
            {"loop_reason": LoopReason.REQUESTED, "jit_compile": True, "jit_estimate": LONG},
            "(requested by the config); XLA on (est. 0.45 s to compile, saves 123 s)",
        ),
        (
            {"jit_compile": True, "jit_requested": True, "jit_estimate": SHORT},
            "(too few steps to trace a loop); XLA on (requested by the config)",
        ),
        (
            {"jit_requested": True, "jit_failed": True, "jit_estimate": LONG},
            "(too few steps to trace a loop); XLA off (compilation failed)",
        ),
        (
            {"loop_reason": LoopReason.TENSORBOARD_PER_BATCH},
            "(TensorBoard needs every batch); XLA off",
        ),
        (
            {"chunk_reason": ChunkReason.ROWS_ON_DISK, "chunk_rows": 1_000},
            "(too few steps to trace a loop); XLA off; streamed in chunks of 1,000 rows (on disk)",
        ),
    ],
)
def test_engine_is_formatted_with_its_reasons(choice: dict[str, Any], expected: str) -> None:
    default = LoopChoice(LoopReason.FEW_STEPS, jit_compile=False, jit_requested=False)
    assert format_engine("keras", replace(default, **choice).to_dict()) == f"keras {expected}"


def test_engine_without_a_known_reason_is_its_name() -> None:
    assert format_engine("keras", {}) == "keras"
    assert format_engine("keras", {"loop_reason": "unknown"}) == "keras"


@pytest.mark.parametrize("reason", LoopReason)
def test_every_loop_reason_has_a_phrase(reason: LoopReason) -> None:
    choice = LoopChoice(loop_reason=reason, jit_compile=False, jit_requested=False)
    assert format_engine("keras", choice.to_dict()).startswith("keras (")


@pytest.mark.parametrize("reason", ChunkReason)
def test_every_chunk_reason_has_a_phrase(reason: ChunkReason) -> None:
    choice = LoopChoice(LoopReason.REQUESTED, True, False, chunk_reason=reason, chunk_rows=8)
    assert "streamed in chunks of 8 rows (" in format_engine("compiled", choice.to_dict())
