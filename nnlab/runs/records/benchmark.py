"""What a comparison of devices leaves behind: its folder, and what was measured.

The folder is a run's: its `record.json` says how the work went. Beside it, `devices.json` says what
was measured and what came of it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnlab.runs.io.json_record import (
    COUNT,
    LIST,
    TABLE,
    TEXT,
    JsonRecord,
    Kind,
    broken,
    read_object,
    record_text,
    strict,
    with_id_from_folder,
)
from nnlab.runs.io.layout import RunFiles
from nnlab.runs.records.directory import RunDirectory
from nnlab.runs.records.orphans import mark_orphaned

if TYPE_CHECKING:
    from pathlib import Path


class BenchmarkFiles(RunFiles):
    """Where each thing lies in the folder of a comparison of devices.

    Args:
        path: The folder.

    Example:
        >>> from pathlib import Path
        >>> BenchmarkFiles(Path("runs/mnist-devices")).benchmark_json.as_posix()
        'runs/mnist-devices/devices.json'
    """

    @property
    def benchmark_json(self) -> Path:
        """What was measured and what came of it, see `BenchmarkRecord`."""
        return self.path / "devices.json"

    @property
    def step_time_png(self) -> Path:
        """The time of a step against the batch size."""
        return self.plots / "step_time.png"


class BenchmarkDirectory(BenchmarkFiles, RunDirectory):
    """A comparison of devices at work: its folder, and the record that says how it goes."""


@dataclass(frozen=True)
class BenchmarkRecord(JsonRecord):
    """What was measured and what came of it, as `devices.json` and `--json` carry it.

    Args:
        id: The comparison's id, which is its folder's name.
        name: The experiment's name.
        status: Where it stands: as in `record.json`.
        gpu: The first GPU of the machine; None where there is none.
        gpu_absence: Why there is none and how to get one, sentences.
        devices: What was compared: `name`, `kind`, `description`, `memory` of each.
        batch_sizes: The sweep.
        widths: Units of the hidden Dense layers; a None: as the config has them.
        rows: What was trained on: the data set's name, or `random` for random rows of its shape.
        rows_count: How many rows.
        rows_note: Why they are random; may be empty.
        seed: The seed of all points.
        points: What was measured.
        wins: From which batch size each device is faster than the first, by width.
        agreement: How far the devices' losses differ at most; None with one device alone.
        verdict: What came of it all, one sentence.
        timing: Seconds: `total_s`.
        environment: Versions, machine, command line.
        command: The command line.
        error: Why it failed, or what interrupted it.
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
    rows_note: str = ""
    seed: int | None = None
    wins: tuple[dict[str, Any], ...] = ()
    agreement: dict[str, Any] | None = None
    verdict: str = ""
    timing: dict[str, float] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The record as strict JSON can carry it, the points with what follows from them."""
        return super().to_dict() | {"points": [point.to_dict() for point in self.points]}

    @classmethod
    def from_json(cls, text: str, source: str = "devices.json") -> BenchmarkRecord:
        """Reads the text of a `devices.json`; keys that this version does not know are left out.

        Args:
            text: The file's text.
            source: The file's name, for messages.

        Returns:
            The record.

        Raises:
            DataError: The text is not JSON, or not the record of a comparison of devices.
        """
        known = read_object(text, _KINDS, _REQUIRED, source)
        known.update({key: tuple(known[key]) for key in _LISTS & known.keys()})
        try:
            points = tuple(BenchmarkPoint.from_dict(values) for values in known["points"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise broken(source, f"measured points. Received: {error}") from error
        return cls(**(known | {"points": points}))


_KINDS: dict[str, Kind] = {
    "id": TEXT,
    "name": TEXT,
    "status": TEXT,
    "devices": LIST,
    "batch_sizes": LIST,
    "widths": LIST,
    "rows": TEXT,
    "points": LIST,
    "gpu": TABLE,
    "gpu_absence": LIST,
    "rows_count": COUNT,
    "rows_note": TEXT,
    "seed": COUNT,
    "wins": LIST,
    "agreement": TABLE,
    "verdict": TEXT,
    "timing": TABLE,
    "environment": TABLE,
    "command": LIST,
    "error": TEXT,
}
_LISTS = {name for name, kind in _KINDS.items() if kind is LIST}
_REQUIRED = ("id", "name", "status", "devices", "batch_sizes", "widths", "rows", "points")


def read_benchmark(path: Path) -> BenchmarkRecord:
    """Reads what was measured.

    Args:
        path: The folder of the comparison of devices.

    Returns:
        The record; one that says `running` though its process is gone reads as failed.

    Raises:
        RunNotFoundError: The folder holds none.
        DataError: The record cannot be read.
    """
    source = BenchmarkFiles(path).benchmark_json
    message = f"Expected a comparison of devices. Received: {path}, without {source.name}."
    missing = f"{message} Make one with: nnlab compare cpu-vs-gpu"
    record = BenchmarkRecord.from_json(record_text(source, missing), str(source))
    return mark_orphaned(with_id_from_folder(record, path), path)


@dataclass(frozen=True)
class Timed:
    """How long something takes, done again and again.

    Args:
        median_s: The median, seconds.
        low_s: The lower end of the median's 95 % interval; None where it was done too few times.
        high_s: The upper end.
        samples: How many times were measured.
    """

    median_s: float
    low_s: float | None
    high_s: float | None
    samples: int


@dataclass(frozen=True)
class BenchmarkPoint:
    """One point of a comparison of devices, measured in processes of its own.

    Args:
        device: The device, `cpu`, `gpu:0`.
        batch_size: Rows a step.
        width: Units of each hidden Dense layer; None: as the config has them.
        error: Why nothing was measured; None where it was.
        engine: The training loop, as `nnlab train` would select it. The following fields are those
            of its `LoopChoice`.
        params: Weights of the model.
        rows: Training rows.
        steps_per_epoch: Steps of an epoch.
        timing: Seconds before the first steady step: `import_s` (loading TensorFlow), `ready_s`
            (the device's first operation), `rows_s` (bringing the rows), `build_s` (the model),
            `compile_s` (tracing and compiling, in the first call).
        rows_brought: The rows that were brought in `rows_s`: all; a chunk where they are streamed.
        rows_bytes: Their bytes.
        is_streamed: Whether rows come to the device again in each epoch, chunk by chunk.
        is_shared: Whether the device reads the rows where they lie, so that none are copied.
        step: A step.
        epoch: An epoch over the training rows, without validation.
        is_epoch_measured: Whether whole epochs were timed; else an epoch is its steps' time.
        samples_s: For each process the times of a step; `step` is the median of all of them.
        epochs_s: For each process the times of whole epochs.
        one_row_s: Seconds of a step of one row, with the same engine and XLA choice and as many
            steps an epoch: what such a step costs, however few rows it holds.
        flop_per_step: Floating-point operations of a step; None where nobody can count them.
        peak_bytes: Memory at the most.
        peak_of: Whose memory: that of the `process`, or on a GPU that of the `device`.
        losses: The training loss by the number of steps done: the mean over the steps of its epoch.
        limit: What most of a step goes to: `bound` and `share`, see `analysis.benchmark.Limit`.
        speedup: How many times faster it is than the first device: `value`, `low`, `high`.

    Example:
        >>> point = BenchmarkPoint("cpu", 128, step=Timed(0.002, 0.0019, 0.0021, 12))
        >>> point.examples_per_s, BenchmarkPoint.from_dict(point.to_dict()) == point
        (64000.0, True)
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
    rows_brought: int = 0
    rows_bytes: int = 0
    is_streamed: bool = False
    is_shared: bool = False
    step: Timed | None = None
    epoch: Timed | None = None
    is_epoch_measured: bool = False
    samples_s: tuple[tuple[float, ...], ...] = ()
    epochs_s: tuple[tuple[float, ...], ...] = ()
    one_row_s: float | None = None
    flop_per_step: int | None = None
    peak_bytes: int | None = None
    peak_of: str | None = None
    losses: dict[int, float] = field(default_factory=dict)
    limit: dict[str, Any] | None = None
    speedup: dict[str, Any] | None = None

    @property
    def examples_per_s(self) -> float | None:
        """Rows that a second of steps goes through."""
        return None if self.step is None else self.batch_size / self.step.median_s

    @property
    def flop_per_s(self) -> float | None:
        """Floating-point operations that a second of steps does."""
        if self.step is None or self.flop_per_step is None:
            return None
        return self.flop_per_step / self.step.median_s

    @property
    def rows_bytes_per_s(self) -> float | None:
        """Bytes of rows that come to the device in a second; None where none are copied."""
        seconds = self.timing.get("rows_s", 0.0)
        return None if self.is_shared or not seconds else self.rows_bytes / seconds

    def to_dict(self) -> dict[str, Any]:
        """The point as strict JSON can carry it, with what follows from it."""
        follows = {
            "status": "failed" if self.error else "complete",
            "examples_per_s": self.examples_per_s,
            "flop_per_s": self.flop_per_s,
            "rows_bytes_per_s": self.rows_bytes_per_s,
        }
        values: dict[str, Any] = strict(dataclasses.asdict(self) | follows)
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> BenchmarkPoint:
        """The point that `to_dict` wrote; keys that this version does not know are left out.

        Args:
            values: Plain data.

        Raises:
            KeyError: It is not a point.
            TypeError: Likewise.
            ValueError: Likewise.
        """
        names = {item.name for item in dataclasses.fields(cls)}
        known = {name: value for name, value in values.items() if name in names}
        for name in ("step", "epoch"):
            if known.get(name) is not None:
                known[name] = Timed(**known[name])
        for name in ("samples_s", "epochs_s"):
            known[name] = tuple(tuple(times) for times in known.get(name, ()))
        losses = known.get("losses", {})
        known["losses"] = {
            int(steps): float("nan") if loss is None else float(loss)
            for steps, loss in losses.items()
        }
        return cls(**known)
