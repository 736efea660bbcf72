"""The folder of a benchmark (`nnlab compare cpu-vs-gpu`), its record, and its measured points.

It is also the folder of a run: `record.json` holds the status, `benchmark.json` the results.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnlab.runs.io.json_record import (
    JsonRecord,
    invalid_record,
    parse_record,
    read_record_text,
    to_strict_json,
    with_id_from_folder,
)
from nnlab.runs.io.layout import RunFiles, RunKind
from nnlab.runs.records.directory import RunDirectory
from nnlab.runs.records.run import mark_orphaned

if TYPE_CHECKING:
    from pathlib import Path


class BenchmarkFiles(RunFiles):
    """The paths in a benchmark's folder."""

    @property
    def benchmark_json(self) -> Path:
        """The benchmark's record, see `BenchmarkRecord`."""
        return self.path / RunKind.BENCHMARK.file

    @property
    def step_time_png(self) -> Path:
        """The plot of the step time against the batch size."""
        return self.plots / "step_time.png"


class BenchmarkDirectory(BenchmarkFiles, RunDirectory):
    """The folder of a running benchmark."""


@dataclass(frozen=True)
class MedianTime:
    """The median of repeated time measurements.

    Args:
        median_s: The median in seconds.
        low_s: The lower bound of its 95 % interval; None with too few measurements.
        high_s: The upper bound.
        samples: The number of measurements.
    """

    median_s: float
    low_s: float | None
    high_s: float | None
    samples: int


@dataclass(frozen=True)
class BenchmarkPoint:
    """A measured combination of device, batch size and width.

    Args:
        device: The device: `cpu`, `gpu:0`.
        batch_size: Rows per step.
        width: Units of each hidden Dense layer; None for those of the config.
        error: Why the measurement failed; None if it succeeded.
        engine: The training loop that `nnlab train` would select. The following fields are those of
            its `LoopChoice`.
        params: Number of weights of the model.
        rows: Number of training rows.
        steps_per_epoch: Steps per epoch.
        timing: Seconds before the first steady step: `import_s` (import of TensorFlow), `ready_s`
            (the device's first operation), `rows_s` (transfer of the rows), `build_s` (the model),
            `compile_s` (tracing and compiling in the first call).
        rows_transferred: Number of rows transferred in `rows_s`: all, or one chunk if streamed.
        rows_bytes: Their size in bytes.
        is_streamed: Whether the rows are transferred again in each epoch, in chunks.
        is_shared: Whether the device reads the rows from the host's memory without a copy.
        step: The time of a step.
        epoch: The time of a training epoch, without validation.
        is_epoch_measured: Whether whole epochs were timed; otherwise `epoch` is the sum of steps.
        samples_s: The times of the steps, per process; `step` is the median of all.
        epochs_s: The times of whole epochs, per process.
        one_row_s: Seconds of a step with one row, with the same engine, XLA setting and number of
            steps per epoch: the cost of a step regardless of its rows.
        flop_per_step: Floating-point operations per step; None if unknown.
        peak_bytes: Peak memory.
        peak_of: Whose memory: `process`, or on a GPU `device`.
        losses: The training loss by number of steps: the mean over the steps of the epoch so far.
        bottleneck: What takes most of a step's time: `bound` and `share`, see `analysis.benchmark`.
        speedup: The speedup over the first device: `value`, `low`, `high`.
    """

    device: str
    batch_size: int
    width: int | None = None
    error: str | None = None
    engine: str | None = None
    loop_reason: str | None = None
    jit_compile: bool = False
    jit_requested: bool = False
    jit_estimate: dict[str, float] | None = None
    jit_failed: bool = False
    chunk_reason: str | None = None
    chunk_rows: int | None = None
    params: int | None = None
    rows: int = 0
    steps_per_epoch: int = 0
    timing: dict[str, float] = field(default_factory=dict)
    rows_transferred: int = 0
    rows_bytes: int = 0
    is_streamed: bool = False
    is_shared: bool = False
    step: MedianTime | None = None
    epoch: MedianTime | None = None
    is_epoch_measured: bool = False
    samples_s: tuple[tuple[float, ...], ...] = ()
    epochs_s: tuple[tuple[float, ...], ...] = ()
    one_row_s: float | None = None
    flop_per_step: int | None = None
    peak_bytes: int | None = None
    peak_of: str | None = None
    losses: dict[int, float] = field(default_factory=dict)
    bottleneck: dict[str, Any] | None = None
    speedup: dict[str, Any] | None = None

    @property
    def examples_per_s(self) -> float | None:
        """Rows per second of steps."""
        return None if self.step is None else self.batch_size / self.step.median_s

    @property
    def flop_per_s(self) -> float | None:
        """Floating-point operations per second of steps."""
        if self.step is None or self.flop_per_step is None:
            return None
        return self.flop_per_step / self.step.median_s

    @property
    def rows_bytes_per_s(self) -> float | None:
        """Transfer rate of the rows in bytes per second; None if they are not copied."""
        seconds = self.timing.get("rows_s", 0.0)
        return None if self.is_shared or not seconds else self.rows_bytes / seconds

    def to_dict(self) -> dict[str, Any]:
        """Return the point and its derived values as plain data for strict JSON."""
        derived = {
            "status": "failed" if self.error else "complete",
            "examples_per_s": self.examples_per_s,
            "flop_per_s": self.flop_per_s,
            "rows_bytes_per_s": self.rows_bytes_per_s,
        }
        values: dict[str, Any] = to_strict_json(dataclasses.asdict(self) | derived)
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> BenchmarkPoint:
        """Return the point of the data from `to_dict`; unknown keys are ignored.

        Raises KeyError, TypeError or ValueError if the data is not a point.
        """
        names = {item.name for item in dataclasses.fields(cls)}
        fields = {name: value for name, value in values.items() if name in names}
        for name in ("step", "epoch"):
            if fields.get(name) is not None:
                fields[name] = MedianTime(**fields[name])
        for name in ("samples_s", "epochs_s"):
            fields[name] = tuple(tuple(times) for times in fields.get(name, ()))
        fields["losses"] = {
            int(steps): float("nan") if loss is None else float(loss)
            for steps, loss in fields.get("losses", {}).items()
        }
        return cls(**fields)


@dataclass(frozen=True)
class BenchmarkRecord(JsonRecord):
    """The record of a benchmark, as in `benchmark.json` and `--json`.

    Args:
        id: The benchmark's id, the name of its folder.
        name: The experiment's name.
        status: The status, as in `record.json`.
        devices: The compared devices: `name`, `kind`, `description`, `memory`.
        batch_sizes: The measured batch sizes.
        widths: The measured numbers of units of the hidden Dense layers; None for the config's.
        rows: The training rows: the name of the data set, or `random` for random rows of its shape.
        points: The measured points.
        gpu: The first GPU of the machine; None without a GPU.
        gpu_absence: Why there is no GPU, with hints; sentences.
        rows_count: Number of rows.
        rows_error: Why the rows are random: the error of loading the data; empty if they are not.
        seed: The seed of all points.
        crossovers: The batch size from which each device is faster than the first, by width.
        agreement: The largest difference of the devices' losses; None for a single device.
        verdict: The conclusion, one sentence.
        timing: Seconds: `total_s`.
        environment: Versions, machine, command line.
        command: The command line.
        error: Why the benchmark failed or was interrupted.
    """

    id: str
    name: str
    status: str
    devices: tuple[dict[str, Any], ...]
    batch_sizes: tuple[int, ...]
    widths: tuple[int | None, ...]
    rows: str
    points: tuple[BenchmarkPoint, ...] = ()
    gpu: dict[str, Any] | None = None
    gpu_absence: tuple[str, ...] = ()
    rows_count: int = 0
    rows_error: str = ""
    seed: int | None = None
    crossovers: tuple[dict[str, Any], ...] = ()
    agreement: dict[str, Any] | None = None
    verdict: str = ""
    timing: dict[str, float] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the record and the derived values of its points as plain data for strict JSON."""
        return super().to_dict() | {"points": [point.to_dict() for point in self.points]}

    @classmethod
    def from_json(cls, text: str, source: str = "benchmark.json") -> BenchmarkRecord:
        """Parse a `benchmark.json`; unknown keys are ignored."""
        values = parse_record(
            cls,
            text,
            ("id", "name", "status", "devices", "batch_sizes", "widths", "rows", "points"),
            source,
        )
        try:
            points = tuple(BenchmarkPoint.from_dict(point) for point in values["points"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise invalid_record(source, f"measured points. Received: {error}") from error
        return cls(**(values | {"points": points}))


def read_benchmark(path: Path) -> BenchmarkRecord:
    """Read the record of a benchmark; failed if it says `running` and its process is gone."""
    source = BenchmarkFiles(path).benchmark_json
    message = f"Expected a benchmark's folder. Received: {path}, without {source.name}."
    missing = f"{message} Start one with: {RunKind.BENCHMARK.command}"
    record = BenchmarkRecord.from_json(read_record_text(source, missing), str(source))
    return mark_orphaned(with_id_from_folder(record, path), path)
