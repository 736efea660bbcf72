"""Run a benchmark of devices: point by point, each in a new process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from nnlab.analysis.benchmark import BenchmarkResult, merge_rounds
from nnlab.config import Experiment
from nnlab.config.schema.dense_layers import with_size
from nnlab.config.yaml.document import dump_config
from nnlab.data import PreparedData
from nnlab.engine.benchmark.measurement import BenchmarkTask, MeasuredRows, find_rows, measure_point
from nnlab.engine.benchmark.sweep import (
    Sweep,
    batch_sizes,
    logical_cpus,
    resolve_devices_and_widths,
)
from nnlab.engine.runtime.devices import explain_gpu_absence, list_devices
from nnlab.engine.runtime.signals import Interruption
from nnlab.engine.workers.process import IsolatedProcess
from nnlab.errors import RunFailedError, RunInterrupted
from nnlab.report.benchmark.verdict import benchmark_verdict, format_rows
from nnlab.report.progress.study import StudyProgress
from nnlab.report.text.formatting import format_count, format_time
from nnlab.runs import RunStatus, environment
from nnlab.runs.records.benchmark import BenchmarkDirectory, BenchmarkPoint, BenchmarkRecord
from nnlab.text import plural

# An interval of a median requires six samples.
_MIN_SAMPLES = 6


def compare_devices(
    experiment: Experiment,
    sweep: Sweep,
    *,
    runs_dir: Path,
    progress: StudyProgress,
    command: Sequence[str] = (),
) -> tuple[Path, BenchmarkRecord]:
    """Measure the training of an experiment on devices, for several batch sizes and widths.

    Points that are compared are measured directly after each other, because the load of a machine
    varies. A failed point records its reason, and the others continue.

    Args:
        experiment: A concrete config.
        sweep: What to measure.
        runs_dir: The folder for the folder of the benchmark.
        progress: Receives the progress.
        command: The command line, for the record.

    Returns:
        The folder of the benchmark, and its record.

    Raises:
        ConfigError: Config and data do not match.
        DataError: The data are unreadable.
        RequestError: The sweep is not possible; with all reasons.
        RunFailedError: No point could be measured, or writing failed.
        RunInterrupted: The user stopped it; finished measurements are kept.
    """
    devices, widths = resolve_devices_and_widths(experiment, sweep)
    process = IsolatedProcess(measure_point)
    rows, data = find_rows(experiment, sweep.rows)
    sizes = batch_sizes(experiment, sweep, len(data.train))
    current = environment(command)
    names = tuple(device.name for device in devices)
    # Before the folder is created: from then on, signals must be deferred.
    with Interruption() as interruption:
        run = BenchmarkDirectory.create(
            runs_dir,
            f"{experiment.name}-devices",
            dump_config(experiment),
            seed=experiment.seed,
            device=", ".join(names),
            environment=current,
        )
        gpus = [device for device in list_devices() if device.kind == "gpu"]
        record = BenchmarkRecord(
            run.record.id,
            experiment.name,
            RunStatus.RUNNING.value,
            tuple(asdict(device) for device in devices),
            sizes,
            widths,
            rows.name,
            gpu=asdict(gpus[0]) if gpus else None,
            # Not relevant if the user selected the devices.
            gpu_absence=() if sweep.devices else explain_gpu_absence(),
            rows_count=len(data.train),
            rows_error=rows.error,
            seed=experiment.seed,
            environment=current,
            command=tuple(command),
        )
        with run:
            inherited = data if process.forks else None
            points = list(_plan_points(experiment, record, sweep, rows, inherited))
            runner = _BenchmarkRunner(run, record, progress, process, interruption)
            runner.start(len(points) * len(devices) * sweep.repeats)
            try:
                for tasks in points:
                    runner.measure(tasks, sweep.repeats)
            except RunInterrupted:
                runner.is_interrupted = True
            finally:
                progress.stop()
            return run.path, runner.finish()


class _BenchmarkRunner:
    """A running benchmark."""

    def __init__(
        self,
        run: BenchmarkDirectory,
        record: BenchmarkRecord,
        progress: StudyProgress,
        process: IsolatedProcess[BenchmarkTask, BenchmarkPoint],
        interruption: Interruption,
    ) -> None:
        self.is_interrupted = False
        self._run = run
        self._record = record
        self._progress = progress
        self._process = process
        self._interruption = interruption
        self._started = time.perf_counter()
        self._points: list[BenchmarkPoint] = []

    def start(self, processes: int) -> None:
        """Print the headline and write the first record."""
        record = self._record
        names = " and ".join(str(device["name"]) for device in record.devices)
        rows = f"{format_rows(record)}: {plural(processes, 'measurement')}"
        self._progress.start(f"{record.name} on {names}, {rows}", processes, 1)
        if record.rows_error:
            self._progress.message(f"Using random rows. {record.rows_error}")
        self._write(RunStatus.RUNNING, None)

    def measure(self, tasks: Sequence[BenchmarkTask], repeats: int) -> None:
        """Measure one point on all devices in turn, several times, and add the results."""
        rounds: dict[str, list[BenchmarkPoint]] = {}
        try:
            for number in range(1, repeats + 1):
                for task in tasks:
                    start = time.perf_counter()
                    size = int(task.experiment.training.batch_size)
                    response = self._process.call(task, lambda: self._interruption.requested)
                    if isinstance(response, str):
                        point = BenchmarkPoint(task.device, size, task.width, error=response)
                        result = f"failed: {response}"
                    else:
                        point = response
                        result = f"step {format_time(statistics.median(point.samples_s[0]))}"
                    rounds.setdefault(task.device, []).append(point)
                    width = "" if task.width is None else f", width {format_count(task.width)}"
                    suffix = f", {number} of {repeats}" if repeats > 1 else ""
                    key = f"{task.device}, batch size {format_count(size)}{width}{suffix}"
                    self._progress.run_finished(key, result, time.perf_counter() - start)
        finally:
            self._points += map(merge_rounds, rounds.values())
            self._write(RunStatus.RUNNING, None)

    def finish(self) -> BenchmarkRecord:
        """Write the results and the final status."""
        measured = [point for point in self._points if point.error is None]
        status, error = RunStatus.COMPLETE, None
        if self.is_interrupted:
            points = plural(len(self._points), "point")
            message = (
                f"Interrupted after {points}: the measurements are in {self._run.path}."
                if self._points
                else "Interrupted before the first measurement."
            )
            status, error = RunStatus.INTERRUPTED, message
        elif not measured:
            reason = self._points[0].error
            status, error = RunStatus.FAILED, f"No point could be measured. First error: {reason}"
        record = self._write(status, error)
        failed = len(self._points) - len(measured)
        self._run.finish(
            status,
            error,
            params=measured[0].params if measured else None,
            timing=record.timing,
            training={"points": {"complete": len(measured), "failed": failed}},
        )
        if error is not None:
            raise (RunInterrupted if self.is_interrupted else RunFailedError)(error)
        return record

    def _write(self, status: RunStatus, error: str | None) -> BenchmarkRecord:
        table = BenchmarkResult(
            tuple(str(device["name"]) for device in self._record.devices),
            self._record.widths,
            self._record.batch_sizes,
            tuple(self._points),
        )
        agreement = table.agreement
        record = replace(
            self._record,
            status=status.value,
            error=error,
            points=tuple(table.with_derived_values(point) for point in table.points),
            crossovers=tuple(crossover.to_dict() for crossover in table.crossovers),
            agreement=None if agreement is None else agreement.to_dict(),
            verdict=benchmark_verdict(table, has_gpu=not self._record.gpu_absence),
            timing={"total_s": time.perf_counter() - self._started},
        )
        record.write(self._run.benchmark_json)
        return record


def _plan_points(
    experiment: Experiment,
    record: BenchmarkRecord,
    sweep: Sweep,
    rows: MeasuredRows,
    data: PreparedData | None,
) -> Iterator[list[BenchmarkTask]]:
    """Yield the tasks that are compared: all devices for one width and batch size."""
    names = [str(device["name"]) for device in record.devices]
    cpus, chunks = logical_cpus(names), -(-_MIN_SAMPLES // sweep.repeats)
    for width in record.widths:
        for size in sorted(record.batch_sizes):
            sized = with_size(experiment, size, width)
            yield [
                BenchmarkTask(name, sized, rows, width, cpus, sweep.seconds, chunks, data)
                for name in names
            ]
