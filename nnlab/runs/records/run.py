"""The record of a run, with the process that writes it and the choice of its training loop."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from nnlab.config.metrics import Direction, loss_name
from nnlab.errors import RunNotFoundError
from nnlab.runs.io.json_record import (
    JsonRecord,
    invalid_record,
    parse_number,
    parse_record,
    parse_status,
    read_record_text,
)
from nnlab.runs.io.layout import RunFiles

RecordT = TypeVar("RecordT", bound=JsonRecord)


class RunStatus(StrEnum):
    """The status of a run: first `RUNNING`, then one of the others, which is final."""

    RUNNING = "running"
    """Its process is running."""

    COMPLETE = "complete"
    """The training finished, by itself or by early stopping."""

    FAILED = "failed"
    """The training diverged, the disk was full, or the process died; see the error."""

    INTERRUPTED = "interrupted"
    """The user stopped the run; the results so far are saved."""


@dataclass(frozen=True)
class RunRecord(JsonRecord):
    """The record of a run, as in `record.json` and `--json`.

    Args:
        id: The run's id, the name of its folder.
        name: The experiment's name.
        status: The run's status.
        created: Start time, ISO 8601 in UTC.
        finished: End time, ISO 8601 in UTC; None during the run.
        config_hash: SHA-256 of the resolved config's text; equal hashes mean equal experiments.
        seed: The seed of all random numbers.
        device: The device of the training: `cpu`, `gpu:0`.
        engine: The training engine.
        params: Number of weights, trainable or not.
        epochs_run: Number of finished epochs.
        best_epoch: The epoch, from 1, of the saved weights.
        metrics: Final values by name: `loss`, `val_loss`, `test_accuracy`. NaN or infinite if the
            run diverged.
        directions: `min` or `max` by metric, with or without the prefix `val_` or `test_`.
        timing: Seconds by name: `total_s`, `load_s`, `build_s`, `compile_s`, `fit_s`, `epoch_s`.
            `epoch_s` is the median of the epochs after the first, and missing if there are none.
            `start_s` is the time before the run, mostly the import of TensorFlow; `total_s` does
            not include it.
        training: Details of the training: `rows` of each split, `batch_size`, `steps_per_epoch`,
            `monitor`, `stopped_by`, `tensorboard`, and the reasons for the engine.
        environment: Versions, machine, git revision, command line; see `environment`.
        error: Why the run failed or was interrupted.
        process: The process that writes the run.

    Example:
        >>> record = RunRecord("xor-20261121T031500Z-1f2e3d4", "xor", metrics={"loss": 0.25})
        >>> RunRecord.from_json(record.to_json()) == record
        True
    """

    id: str
    name: str
    status: RunStatus = RunStatus.RUNNING
    created: str = ""
    finished: str | None = None
    config_hash: str = ""
    seed: int | None = None
    device: str | None = None
    engine: str | None = None
    params: int | None = None
    epochs_run: int = 0
    best_epoch: int | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    directions: dict[str, Direction] = field(default_factory=dict)
    timing: dict[str, float] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    process: Process | None = None

    def resolved(self) -> RunRecord:
        """Return the record with status `failed` if it says `running` and its process is gone."""
        process = self.process
        if self.status is not RunStatus.RUNNING or process is None or not process.is_gone():
            return self
        error = f"The process died (pid {process.pid} on {process.host}) before the run finished."
        return dataclasses.replace(self, status=RunStatus.FAILED, error=error)

    def direction(self, metric: str) -> Direction | None:
        """Return whether smaller or larger values of a metric are better, or None if unknown.

        The metric may have a prefix: `val_accuracy`. A loss not in `directions` has "min".
        """
        plain = metric.removeprefix("val_").removeprefix("test_")
        direction = self.directions.get(metric) or self.directions.get(plain)
        return direction or ("min" if loss_name(metric) else None)

    @classmethod
    def from_json(cls, text: str, source: str = "record.json") -> RunRecord:
        """Parse a `record.json`; unknown keys are ignored.

        Raises DataError if the text is not JSON or not the record of a run.
        """
        values = parse_record(cls, text, ("id", "name", "status"), source)
        values["status"] = parse_status(RunStatus, values, source)
        try:
            for key in values.keys() & {"metrics", "timing"}:
                values[key] = {name: parse_number(value) for name, value in values[key].items()}
            if "process" in values:
                values["process"] = Process(**values["process"])
        except (TypeError, ValueError) as error:
            raise invalid_record(source, f"the record of a run. Received: {error}") from error
        return cls(**values)


def sibling_run(path: Path) -> RunRecord | None:
    """Read the `record.json` of a search or comparison, which names its process; None if absent."""
    with contextlib.suppress(RunNotFoundError):
        source = RunFiles(path).record_json
        return RunRecord.from_json(read_record_text(source, ""), str(source)).resolved()
    return None


def mark_orphaned(record: RecordT, path: Path) -> RecordT:
    """Return a record with the end of its sibling run if it says `running` and the process is gone.

    The record has the fields `status`, `error` and `timing`.
    """
    any_record: Any = record
    run = sibling_run(path)
    if run is None or any_record.status != RunStatus.RUNNING or run.status is RunStatus.RUNNING:
        return record
    timing = {**any_record.timing, **run.timing}
    ended: RecordT = dataclasses.replace(
        any_record, status=run.status, error=run.error, timing=timing
    )
    return ended


def common_direction(records: Iterable[RunRecord], metric: str) -> Direction | None:
    """Return the direction of a metric that all runs with it agree on, or None."""
    directions = {record.direction(metric) for record in records if metric in record.metrics}
    directions.discard(None)
    return directions.pop() if len(directions) == 1 else None


@dataclass(frozen=True)
class Process:
    """A process on this or another machine.

    Args:
        host: The name of the machine.
        pid: The process id.
        started: The start time in clock ticks since boot, which distinguishes the process from a
            later one with the same id. None on systems without `/proc`.
    """

    host: str
    pid: int
    started: int | None = None

    @classmethod
    def current(cls) -> Process:
        """Return the current process."""
        pid = os.getpid()
        return cls(platform.node(), pid, _start_ticks(pid))

    def is_gone(self) -> bool:
        """Return whether the process is known to have ended.

        Returns False for processes of other machines, which cannot be checked, and on Windows,
        where `os.kill` would terminate the process.
        """
        if self.host != platform.node() or os.name != "posix":
            return False
        if self.started is not None:
            return _start_ticks(self.pid) != self.started
        try:
            os.kill(self.pid, 0)
        except OSError as error:
            return isinstance(error, ProcessLookupError)
        return False


def _start_ticks(pid: int) -> int | None:
    """Return the start of a process in ticks since boot; None for a zombie or without `/proc`."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The second field, the program's name in parentheses, may contain blanks and parentheses.
    # After it, the state is field 3 and starttime field 22 (proc_pid_stat(5)).
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


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
        return dataclasses.asdict(self) | {
            "loop_reason": self.loop_reason.value,
            "chunk_reason": None if self.chunk_reason is None else self.chunk_reason.value,
        }
