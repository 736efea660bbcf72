"""The choice of a training loop as plain data."""

from __future__ import annotations

import json

from nnlab.runs.records.loop_choice import ChunkReason, JitEstimate, LoopChoice, LoopReason


def test_choice_is_plain_data_in_json() -> None:
    choice = LoopChoice(
        loop_reason=LoopReason.NO_BATCH_CALLBACKS,
        jit_compile=True,
        jit_requested=False,
        jit_estimate=JitEstimate(compile_s=0.5, saved_s=2.0),
        chunk_reason=ChunkReason.DEVICE_MEMORY,
        chunk_rows=1024,
    )
    values = choice.to_dict()
    assert json.loads(json.dumps(values)) == values
    assert values == {
        "loop_reason": "no_per_batch_callbacks",
        "jit_compile": True,
        "jit_requested": False,
        "jit_estimate": {"compile_s": 0.5, "saved_s": 2.0},
        "jit_failed": False,
        "chunk_reason": "device_memory",
        "chunk_rows": 1024,
    }
