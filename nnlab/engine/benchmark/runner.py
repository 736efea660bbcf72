"""A comparison of devices at work: point by point, each in a process of its own."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from nnlab.analysis.benchmark import BenchmarkResult
from nnlab.analysis.benchmark_rounds import point_of_rounds
from nnlab.config import Experiment
from nnlab.config.schema.dense_layers import with_size
from nnlab.config.yaml.dump import dump_config
from nnlab.engine.benchmark.measurement import BenchmarkTask, measure_point
from nnlab.engine.benchmark.rows import MeasuredRows, find_rows
from nnlab.engine.benchmark.sweep import Sweep, batch_sizes, choose, logical_cpus
from nnlab.engine.runtime.devices import list_devices
from nnlab.engine.runtime.gpu_diagnostics import explain_gpu_absence
from nnlab.engine.runtime.signals import Interruption
from nnlab.engine.workers.process import IsolatedProcess
from nnlab.errors import RunFailedError, RunInterrupted
from nnlab.report.benchmark.verdict import devices_headline, rows_text
from nnlab.report.progress.several import StudyProgress
from nnlab.report.text.numbers import format_count, format_time
from nnlab.runs import RunStatus, environment
from nnlab.runs.records.benchmark import BenchmarkDirectory, BenchmarkPoint, BenchmarkRecord
from nnlab.text import plural

# An interval of a median takes six times.
_FEWEST = 6


def compare_devices(
    experiment: Experiment,
    sweep: Sweep,
    *,
    runs_dir: Path,
    progress: StudyProgress,
    command: Sequence[str] = (),
) -> tuple[Path, BenchmarkRecord]:
    """Measure an experiment's training on devices, at several batch sizes and widths.

    Points that are compared are measured one directly after the other: the load of a machine comes
    and goes. A point that fails says why, and the others go on.

    Args:
        experiment: The experiment, with nothing left to search for.
        sweep: What is to be measured.
        runs_dir: The folder in which the comparison's own is made.
        progress: Is told how it goes.
        command: The command line, for the record.

    Returns:
        The comparison's folder, and what was measured.

    Raises:
        ConfigError: Config and data do not fit each other.
        DataError: The data cannot be read.
        RequestError: What is to be measured cannot be; with every reason.
        RunFailedError: No point could be measured, or the disk refused.
        RunInterrupted: The user stopped it. What was measured is kept.
    """
    devices, widths = choose(experiment, sweep)
    asking = IsolatedProcess(measure_point)
    rows, data = find_rows(experiment, sweep.rows)
    sizes = batch_sizes(experiment, sweep, len(data.train))
    found = environment(command)
    names = tuple(device.name for device in devices)
    # Before the folder is made: from then on a signal must not stop the work where it stands.
    with Interruption() as interruption:
        run = BenchmarkDirectory.create(
            runs_dir,
            f"{experiment.name}-devices",
            dump_config(experiment),
            seed=experiment.seed,
            device=", ".join(names),
            environment=found,
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
            # Who names other devices did not ask for one.
            gpu_absence=() if sweep.devices else explain_gpu_absence(),
            rows_count=len(data.train),
            rows_note=rows.note,
            seed=experiment.seed,
            environment=found,
            command=tuple(command),
        )
        with run:
            points = list(_points(experiment, record, sweep, rows))
            work = _Work(run, record, progress, asking, interruption)
            work.begin(len(points) * len(devices) * sweep.repeats)
            try:
                for tasks in points:
                    kept = data if asking.forks else None
                    work.measure([replace(task, data=kept) for task in tasks], sweep.repeats)
            except RunInterrupted:
                work.is_interrupted = True
            finally:
                progress.stop()
            return run.path, work.end()


class _Work:
    """One comparison at work."""

    def __init__(
        self,
        run: BenchmarkDirectory,
        record: BenchmarkRecord,
        progress: StudyProgress,
        asking: IsolatedProcess[BenchmarkTask, BenchmarkPoint],
        interruption: Interruption,
    ) -> None:
        self.is_interrupted = False
        self._run = run
        self._record = record
        self._progress = progress
        self._asking = asking
        self._interruption = interruption
        self._started = time.perf_counter()
        self._points: list[BenchmarkPoint] = []

    def begin(self, processes: int) -> None:
        """Tell of what is to come."""
        record = self._record
        names = " and ".join(str(device["name"]) for device in record.devices)
        rows = f"{rows_text(record)}: {plural(processes, 'measurement')}"
        self._progress.start(f"{record.name} on {names}, {rows}", processes, 1)
        if record.rows_note:
            self._progress.message(f"Random rows take as long as real ones. {record.rows_note}")
        self._write(RunStatus.RUNNING, None)

    def measure(self, tasks: Sequence[BenchmarkTask], repeats: int) -> None:
        """Measure the points of all devices at one place in turn, and keep them."""
        rounds: dict[str, list[BenchmarkPoint]] = {}
        try:
            for number in range(1, repeats + 1):
                for task in tasks:
                    times = f", {number} of {repeats}" if repeats > 1 else ""
                    measured = self._measured(task, times)
                    rounds.setdefault(task.device, []).append(measured)
        finally:
            self._points += map(point_of_rounds, rounds.values())
            self._write(RunStatus.RUNNING, None)

    def _measured(self, task: BenchmarkTask, times: str) -> BenchmarkPoint:
        begun = time.perf_counter()
        size = int(task.experiment.training.batch_size)
        answer = self._asking.ask(task, lambda: self._interruption.requested)
        if isinstance(answer, str):
            answer = BenchmarkPoint(task.device, size, task.width, error=answer)
            words = f"failed: {answer.error}"
        else:
            step_s = statistics.median(answer.samples_s[0])
            words = f"a step {format_time(step_s)}"
        width = "" if task.width is None else f", width {format_count(task.width)}"
        key = f"{task.device}, batch size {format_count(size)}{width}{times}"
        self._progress.ended(key, words, time.perf_counter() - begun)
        return answer

    def end(self) -> BenchmarkRecord:
        """Give the comparison its last status."""
        measured = [point for point in self._points if point.error is None]
        status, error = RunStatus.COMPLETE, None
        if self.is_interrupted:
            points = plural(len(self._points), "point")
            done = (
                f"Interrupted after {points}: what was measured is in {self._run.path}."
                if self._points
                else "Interrupted before anything was measured."
            )
            status, error = RunStatus.INTERRUPTED, done
        elif not measured:
            reason = self._points[0].error
            status, error = RunStatus.FAILED, f"No point could be measured. The first: {reason}"
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
            points=tuple(table.told(point) for point in table.points),
            wins=tuple(win.to_dict() for win in table.wins),
            agreement=None if agreement is None else agreement.to_dict(),
            verdict=devices_headline(table, has_gpu=not self._record.gpu_absence),
            timing={"total_s": time.perf_counter() - self._started},
        )
        record.write(self._run.benchmark_json)
        return record


def _points(
    experiment: Experiment, record: BenchmarkRecord, sweep: Sweep, rows: MeasuredRows
) -> Iterator[list[BenchmarkTask]]:
    """What is compared with each other: the devices with one net at one batch size."""
    names = [str(device["name"]) for device in record.devices]
    cpus, pieces = logical_cpus(names), -(-_FEWEST // sweep.repeats)
    for width in record.widths:
        for size in sorted(record.batch_sizes):
            sized = with_size(experiment, size, width)
            yield [
                BenchmarkTask(name, sized, rows, width, cpus, sweep.seconds, pieces)
                for name in names
            ]
