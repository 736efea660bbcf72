"""The reasons for the training loop that a run uses, as values in its record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class LoopReason(StrEnum):
    """Why a training loop was selected."""

    REQUESTED = "requested_by_config"
    """The config sets `training.engine`."""

    NO_BATCH_CALLBACKS = "no_per_batch_callbacks"
    """No callback needs every batch: whole epochs run on the device."""

    TENSORBOARD_PER_BATCH = "tensorboard_per_batch"
    """TensorBoard logs or profiles batches, which needs Keras' `fit`."""

    FEW_STEPS = "few_steps"
    """The run ends before a loop within a graph would pay off."""


class ChunkReason(StrEnum):
    """Why rows are streamed to the device in chunks."""

    ROWS_ON_DISK = "rows_on_disk"
    """The prepared rows are in files."""

    DEVICE_MEMORY = "device_memory"
    """The rows take too large a share of the device's memory."""


@dataclass(frozen=True)
class JitEstimate:
    """Estimated seconds that XLA takes to compile, and that its faster steps save in a run."""

    compile_s: float
    saved_s: float


@dataclass(frozen=True)
class LoopChoice:
    """The selected loop's settings and the reasons for them.

    Args:
        loop_reason: Why this loop was selected.
        jit_compile: Whether XLA compiles the steps.
        jit_requested: Whether the config sets `training.jit_compile`.
        jit_estimate: The estimate; None for Keras' `fit`.
        jit_failed: Whether XLA failed to compile; the run continued without it.
        chunk_reason: Why rows are streamed; None if all are on the device.
        chunk_rows: Approximate number of rows per chunk.
    """

    loop_reason: LoopReason
    jit_compile: bool
    jit_requested: bool
    jit_estimate: JitEstimate | None = None
    jit_failed: bool = False
    chunk_reason: ChunkReason | None = None
    chunk_rows: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the choice as plain data, for a record."""
        return asdict(self) | {
            "loop_reason": self.loop_reason.value,
            "chunk_reason": None if self.chunk_reason is None else self.chunk_reason.value,
        }
