"""The record of a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nnlab.config.direction import Direction
from nnlab.config.schema.losses import loss_name
from nnlab.runs.io.json_record import (
    INTEGER,
    OBJECT,
    STRING,
    FieldType,
    JsonRecord,
    invalid_record,
    parse_number,
    parse_record,
    parse_status,
)
from nnlab.runs.io.process import Process


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
        """Return the record with status `failed` if it says `running` and its process is gone.

        Returns:
            This record, or a failed copy with an error that names the process.
        """
        process = self.process
        if self.status is not RunStatus.RUNNING or process is None or not process.is_gone():
            return self
        error = f"The process died (pid {process.pid} on {process.host}) before the run finished."
        return dataclasses.replace(self, status=RunStatus.FAILED, error=error)

    def direction(self, metric: str) -> Direction | None:
        """Return whether smaller or larger values of a metric are better.

        Args:
            metric: The metric's name, with or without its prefix: `val_accuracy`.

        Returns:
            "min" or "max" from `directions`; "min" for a loss; None if unknown.
        """
        plain = metric.removeprefix("val_").removeprefix("test_")
        direction = self.directions.get(metric) or self.directions.get(plain)
        return direction or ("min" if loss_name(metric) else None)

    @classmethod
    def from_json(cls, text: str, source: str = "record.json") -> RunRecord:
        """Parse a `record.json`; unknown keys are ignored.

        Args:
            text: The content of the file.
            source: The file's name, for messages. Defaults to "record.json".

        Returns:
            The record.

        Raises:
            DataError: If the text is not JSON or not the record of a run.
        """
        values = parse_record(text, _FIELDS, _REQUIRED, source)
        values["status"] = parse_status(RunStatus, values, source)
        try:
            for key in values.keys() & {"metrics", "timing"}:
                values[key] = {name: parse_number(value) for name, value in values[key].items()}
            if "process" in values:
                values["process"] = Process(**values["process"])
        except (TypeError, ValueError) as error:
            raise invalid_record(source, f"the record of a run. Received: {error}") from error
        return cls(**values)


_FIELDS: dict[str, FieldType] = {
    "id": STRING,
    "name": STRING,
    "status": STRING,
    "created": STRING,
    "finished": STRING,
    "config_hash": STRING,
    "seed": INTEGER,
    "device": STRING,
    "engine": STRING,
    "params": INTEGER,
    "epochs_run": INTEGER,
    "best_epoch": INTEGER,
    "metrics": OBJECT,
    "directions": OBJECT,
    "timing": OBJECT,
    "training": OBJECT,
    "environment": OBJECT,
    "error": STRING,
    "process": OBJECT,
}
_REQUIRED = ("id", "name", "status")


def common_direction(records: Iterable[RunRecord], metric: str) -> Direction | None:
    """Return the direction of a metric that all runs with it agree on, or None."""
    directions = {record.direction(metric) for record in records if metric in record.metrics}
    directions.discard(None)
    return directions.pop() if len(directions) == 1 else None
