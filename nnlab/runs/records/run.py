"""The frozen record of a run, and its JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nnlab.config.direction import Direction
from nnlab.config.schema.losses import loss_name
from nnlab.runs.io.json_record import (
    COUNT,
    TABLE,
    TEXT,
    JsonRecord,
    Kind,
    broken,
    number,
    read_object,
    read_status,
)
from nnlab.runs.io.process import Process


class RunStatus(StrEnum):
    """Where a run stands.

    A run starts as `RUNNING` and ends in one of the other three; it never changes after that.
    """

    RUNNING = "running"
    """Its process is at work."""

    COMPLETE = "complete"
    """It did all it was asked to; stopping early on purpose counts as that."""

    FAILED = "failed"
    """It could not finish: it diverged, the disk filled up, its process died; the error says it."""

    INTERRUPTED = "interrupted"
    """The user stopped it; what was trained until then is saved."""


@dataclass(frozen=True)
class RunRecord(JsonRecord):
    """All that is known of a run, as `record.json` and `--json` carry it.

    Args:
        id: The run's id, which is its folder's name.
        name: The experiment's name.
        status: Where the run stands.
        created: Start, ISO 8601 in UTC.
        finished: End, ISO 8601 in UTC; None while it runs.
        config_hash: SHA-256 of the resolved config's text: equal hashes mean equal experiments.
        seed: The seed of everything random.
        device: The device that did the work, `cpu`, `gpu:0`.
        engine: The training engine that did the work.
        params: Weights of the model, trainable or not.
        epochs_run: Epochs that were trained to their end.
        best_epoch: The epoch, from 1, whose weights the run reports on.
        metrics: Final values by name: `loss`, `val_loss`, `test_accuracy`. Not finite where the run
            diverged.
        directions: Whether smaller ("min") or larger ("max") is better, by the metric's name, with
            or without its `val_` or `test_`.
        timing: Seconds by name: `total_s, load_s, build_s, compile_s, fit_s, epoch_s`; `epoch_s` is
            the median of the epochs after the first, and lacks where none was over. `start_s` is
            what its command took before the run began, for TensorFlow above all; `total_s` is
            without it.
        training: What the training was made of and how it ended: `rows` of each part, `batch_size`,
            `steps_per_epoch`, `monitor`, `stopped_by`, `tensorboard`.
        environment: Versions, machine, git revision, command line, see `environment`.
        error: Why the run failed, or what interrupted it.
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
        """The record as a reader should take it.

        A process that was killed could not say so: its run claims to be running for ever.

        Returns:
            This record; or, where it says `running` and its process is gone, a failed one that says
            that.
        """
        process = self.process
        if self.status is not RunStatus.RUNNING or process is None or not process.is_gone():
            return self
        error = f"The process died (pid {process.pid} on {process.host}) before the run was over."
        return dataclasses.replace(self, status=RunStatus.FAILED, error=error)

    def direction(self, metric: str) -> Direction | None:
        """Whether smaller or larger is better.

        Args:
            metric: A metric's name, `val_accuracy`.

        Returns:
            "min" or "max" from `directions`; "min" for a loss; None where nobody knows.
        """
        plain = metric.removeprefix("val_").removeprefix("test_")
        known = self.directions.get(metric) or self.directions.get(plain)
        return known or ("min" if loss_name(metric) else None)

    @classmethod
    def from_json(cls, text: str, source: str = "record.json") -> RunRecord:
        """Reads the text of a `record.json`; keys that this version does not know are left out.

        Args:
            text: The file's text.
            source: The file's name, for messages.

        Returns:
            The record.

        Raises:
            DataError: The text is not JSON, or not the record of a run.
        """
        known = read_object(text, _KINDS, _REQUIRED, source)
        known["status"] = read_status(RunStatus, known, source)
        try:
            for key in known.keys() & {"metrics", "timing"}:
                known[key] = {name: number(value) for name, value in known[key].items()}
            if "process" in known:
                known["process"] = Process(**known["process"])
        except (TypeError, ValueError) as error:
            raise broken(source, f"the record of a run. Received: {error}") from error
        return cls(**known)


def common_direction(records: Iterable[RunRecord], metric: str) -> Direction | None:
    """Whether smaller or larger is better in several runs.

    Args:
        records: The runs.
        metric: A metric's name.

    Returns:
        What those runs say that have the metric and know; None where none does, or they disagree.

    Example:
        >>> knows = RunRecord("a", "a", metrics={"auc": 0.9}, directions={"auc": "max"})
        >>> common_direction([knows, RunRecord("b", "b", metrics={"auc": 0.8})], "auc")
        'max'
    """
    told = {record.direction(metric) for record in records if metric in record.metrics} - {None}
    return told.pop() if len(told) == 1 else None


_KINDS: dict[str, Kind] = {
    "id": TEXT,
    "name": TEXT,
    "status": TEXT,
    "created": TEXT,
    "finished": TEXT,
    "config_hash": TEXT,
    "seed": COUNT,
    "device": TEXT,
    "engine": TEXT,
    "params": COUNT,
    "epochs_run": COUNT,
    "best_epoch": COUNT,
    "metrics": TABLE,
    "directions": TABLE,
    "timing": TABLE,
    "training": TABLE,
    "environment": TABLE,
    "error": TEXT,
    "process": TABLE,
}
_REQUIRED = ("id", "name", "status")
