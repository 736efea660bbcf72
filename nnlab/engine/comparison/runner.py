"""Run a comparison: each variant with each seed is a run, several at the same time."""

from __future__ import annotations

import hashlib
import shlex
import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from nnlab.analysis.comparability import metric_spec
from nnlab.analysis.variants import VariantRuns, VariantTable, variant_table
from nnlab.config import Experiment
from nnlab.config.comparison.loader import Comparison, Variant, dump_comparison
from nnlab.config.yaml.document import dump_config
from nnlab.engine.comparison.resume import ReusableRun, find_reusable_runs, has_diverged
from nnlab.engine.runtime.devices import select_device
from nnlab.engine.runtime.signals import Interruption
from nnlab.engine.training.context import TrainingOptions
from nnlab.engine.workers.pool import WorkerPool
from nnlab.engine.workers.shared_data import prepare_all
from nnlab.engine.workers.worker import Event, Outcome, Task
from nnlab.errors import RunFailedError, RunInterrupted
from nnlab.report.comparison.files import run_counts, variant_records, write_values
from nnlab.report.comparison.verdict import comparison_verdict
from nnlab.report.progress.study import StudyProgress
from nnlab.report.text.formatting import format_metric
from nnlab.runs import (
    RunDirectory,
    RunRecord,
    RunStatus,
    atomic_write,
    environment,
    read_run,
    translate_os_errors,
)
from nnlab.runs.query.lock import lock_folder
from nnlab.runs.records.comparison import ComparisonDirectory, ComparisonRecord
from nnlab.runs.records.run import Process
from nnlab.text import join_names, plural

_POLL_INTERVAL_S = 0.2


@dataclass(frozen=True)
class ComparisonResult:
    """The folder of a comparison, its `comparison.json`, and its variants with means and tests."""

    path: Path
    record: ComparisonRecord
    table: VariantTable


def compare_variants(  # noqa: PLR0913 - keyword arguments
    comparison: Comparison,
    *,
    runs_dir: Path,
    progress: StudyProgress,
    resume: Path | None = None,
    jobs: int | Literal["auto"] = "auto",
    plots: bool = True,
    command: Sequence[str] = (),
) -> ComparisonResult:
    """Train each variant with each seed, and compare the results.

    Args:
        comparison: The comparison.
        runs_dir: The folder for the folder of the comparison.
        progress: Receives the progress.
        resume: The folder of a comparison to resume: its finished runs are kept if config and
            versions are unchanged. Defaults to None, a new comparison.
        jobs: Number of runs at the same time. Defaults to `auto`, which depends on the machine.
        plots: Whether the run of each variant's first seed gets plots. Defaults to True.
        command: The command line, for the record.

    Returns:
        The comparison with its results; a diverged run counts as a result.

    Raises:
        RequestError: Another process runs the comparison; the device does not exist; config and
            data do not match.
        DataError: The data of a variant are unreadable or do not fit.
        RunFailedError: No run completed, or writing failed.
        RunInterrupted: The user stopped it; finished runs are kept.
    """
    current = environment(command)
    with nullcontext() if resume is None else lock_folder(resume), WorkerPool(jobs) as workers:
        reusable = find_reusable_runs(comparison, resume, current)
        check_variants(comparison, reusable, workers.prepare)
        # Before the folder is created: from then on, signals must be deferred.
        with (
            Interruption() as interruption,
            _open_directory(comparison, runs_dir, resume, current) as run,
        ):
            runner = _ComparisonRunner(comparison, run, progress, tuple(command), reusable)
            if plots:
                # Imported once here, not in each fork.
                import nnlab.report.plots  # noqa: F401
            try:
                runner.start(workers, plots=plots)
                while workers.unfinished and not interruption.requested:
                    for message in workers.wait(_POLL_INTERVAL_S):
                        runner.handle(message)
                workers.stop()
                return runner.finish(interrupted=interruption.requested)
            finally:
                progress.stop()


def check_variants(
    comparison: Comparison,
    earlier: Mapping[tuple[str, int], ReusableRun],
    prepare: Callable[[Experiment], object],
) -> None:
    """Check the devices of a comparison, and the data of each variant with runs to train."""
    for device in {variant.config.experiment.training.device for variant in comparison.variants}:
        select_device(device)
    first_seed: dict[str, int] = {}
    for (name, seed), run in earlier.items():
        if run.record is None:
            first_seed.setdefault(name, seed)
    experiments = [
        (variant.name, variant.experiment(comparison.name, first_seed[variant.name]))
        for variant in comparison.variants
        if variant.name in first_seed
    ]

    def name_variants(error: str, names: list[str], _: list[str]) -> str:
        """Add the affected variants to an error, unless all are affected."""
        if len(names) == len(experiments):
            return error
        return f"{error} In the variant{'s' if len(names) > 1 else ''} {join_names(names)}."

    prepare_all(experiments, prepare, name_variants)


def _open_directory(
    comparison: Comparison, runs_dir: Path, resume: Path | None, current: dict[str, Any]
) -> ComparisonDirectory:
    """Create the folder of a comparison, or open that of a resumed one."""
    texts = dump_comparison(comparison)
    main = texts["comparison.yaml"]
    if resume is None:
        run = ComparisonDirectory.create(
            runs_dir, f"{comparison.name}-compare", main, environment=current
        )
    else:
        run = ComparisonDirectory(resume, read_run(resume).record)
        run.update(
            status=RunStatus.RUNNING,
            error=None,
            finished=None,
            process=Process.current(),
            environment=current,
            config_hash=hashlib.sha256(main.encode()).hexdigest(),
        )
    for name, text in texts.items():
        with translate_os_errors(run.path / name):
            atomic_write(run.path / name, text)
    return run


class _ComparisonRunner:
    """A running comparison."""

    def __init__(
        self,
        comparison: Comparison,
        run: ComparisonDirectory,
        progress: StudyProgress,
        command: tuple[str, ...],
        reusable: Mapping[tuple[str, int], ReusableRun],
    ) -> None:
        self._comparison = comparison
        self._reusable = reusable
        self._run = run
        self._progress = progress
        self._command = command
        self._started = time.perf_counter() - run.record.timing.get("total_s", 0.0)
        self._metric_spec = metric_spec(comparison)
        self._records: dict[tuple[str, int], RunRecord] = {}
        self._tasks: dict[str, tuple[Variant, int]] = {}
        self._reused = 0
        self._jobs = 1

    def start(self, workers: WorkerPool, *, plots: bool) -> None:
        """Keep the reusable runs, and submit the others, seed by seed."""
        comparison = self._comparison
        self._jobs = workers.jobs
        repeated: Counter[str] = Counter()
        for seed in comparison.seeds:
            for variant in comparison.variants:
                reusable = self._reusable[variant.name, seed]
                if reusable.record is not None:
                    self._records[variant.name, seed] = reusable.record
                    self._reused += 1
                else:
                    self._tasks[f"{variant.name}/{seed}"] = (variant, seed)
                    repeated.update([reusable.changed] * bool(reusable.changed))
        self._write(RunStatus.RUNNING)
        self._run.update(training=self._training())
        variants, seeds = len(comparison.variants), len(comparison.seeds)
        size = f"{plural(variants, 'variant')}, {plural(seeds, 'seed')}"
        kept = f", {self._reused} already finished" if self._reused else ""
        runs = f"{plural(comparison.runs, 'run')}{kept}, {workers.jobs} at a time"
        headline = f"{comparison.name}: {size}, {runs}"
        self._progress.start(headline, len(self._tasks), workers.jobs)
        for changed, count in repeated.items():
            self._progress.message(f"{plural(count, 'run')} to repeat: {changed}.")
        for key, (variant, seed) in self._tasks.items():
            path = self._run.run(variant.name, seed)
            with translate_os_errors(path):
                if path.exists():
                    shutil.rmtree(path)
            # Plots of one run per variant suffice: regions, weights, confusion matrix.
            options = TrainingOptions(plots=plots and seed == comparison.seeds[0])
            experiment = variant.experiment(comparison.name, seed)
            workers.submit(Task(key, experiment, path, options, self._command))

    def handle(self, message: Event | Outcome) -> None:
        """Handle a message of a worker."""
        if isinstance(message, Event):
            self._progress.epoch(message.key, message.epoch, message.epochs, message.logs)
            return
        variant, seed = self._tasks[message.key]
        record = message.record or self._record_failure(variant, seed, str(message.error))
        if record.finished is None:
            # Its process was killed before it could write the final status.
            run = RunDirectory(self._run.run(variant.name, seed), record)
            run.finish(RunStatus.FAILED, message.error)
            record = run.record
        self._records[variant.name, seed] = record
        # Saved now, because this process may be killed.
        self._run.update(training=self._training(), timing=self._timing())
        metric = self._comparison.metric
        if record.status is RunStatus.COMPLETE and metric in record.metrics:
            result = f"{metric} {format_metric(record.metrics[metric])}"
        else:
            reason = (record.error or "").partition(":" if has_diverged(record) else ". ")[0]
            result = f"{record.status}: {reason}" if reason else str(record.status)
        self._progress.run_finished(message.key, result, message.seconds)

    def finish(self, *, interrupted: bool) -> ComparisonResult:
        """Write the results and the final status."""
        table = self._table()
        counts = run_counts(table)
        failed = [run for run in self._records.values() if run.status is RunStatus.FAILED]
        # Divergence is a result: a repetition would diverge, too.
        broken = [record for record in failed if not has_diverged(record)]
        reasons = (record.error for record in broken or failed if record.error)
        first = next(reasons, f"It does not report {self._comparison.metric}.")
        status, error = RunStatus.COMPLETE, None
        if interrupted:
            finished = counts["complete"] + counts["failed"]
            runs = plural(self._comparison.runs, "run")
            status, error = RunStatus.INTERRUPTED, f"Interrupted after {finished} of {runs}."
        elif not counts["complete"]:
            status, error = RunStatus.FAILED, f"No run completed. First error: {first}"
        elif broken:
            runs = plural(len(broken), "run")
            status, error = RunStatus.FAILED, f"{runs} did not complete. First error: {first}"
        if error is not None and (interrupted or counts["complete"]):
            folder = shlex.quote(str(self._run.path))
            error += f" Resume with: nnlab compare variants --resume {folder}"
        record = self._write(status, error)
        self._run.finish(status, error, timing=record.timing, training=self._training())
        write_values(self._run, table)
        self._progress.stop(status.value)
        document = record.to_dict() | {"path": str(self._run.path)}
        if interrupted:
            raise RunInterrupted(str(error), document)
        if not record.runs["complete"]:
            raise RunFailedError(str(error), document)
        return ComparisonResult(self._run.path, record, table)

    def _write(self, status: RunStatus, error: str | None = None) -> ComparisonRecord:
        """Write `comparison.json` with the results so far."""
        table = self._table()
        record = ComparisonRecord(
            id=self._run.record.id,
            name=self._comparison.name,
            status=status.value,
            metric=table.metric,
            baseline=table.baseline,
            seeds=table.seeds,
            variants=variant_records(table),
            direction=table.direction,
            verdict=comparison_verdict(table),
            metric_spec=table.metric_spec.to_dict(),
            notes=table.metric_spec.notes,
            runs=run_counts(table) | {"reused": self._reused},
            jobs=self._jobs,
            timing=self._timing(),
            error=error,
            command=self._command,
        )
        record.write(self._run.comparison_json)
        return record

    def _table(self) -> VariantTable:
        """Return the variants, compared by their finished runs."""
        comparison = self._comparison
        variants = [
            VariantRuns(
                variant.name,
                variant.changes,
                {
                    seed: self._records[variant.name, seed]
                    for seed in comparison.seeds
                    if (variant.name, seed) in self._records
                },
                variant.file,
            )
            for variant in comparison.variants
        ]
        return variant_table(
            comparison.metric, comparison.baseline, comparison.seeds, variants, self._metric_spec
        )

    def _timing(self) -> dict[str, float]:
        """Return the seconds, including those before a resume."""
        return {"total_s": time.perf_counter() - self._started}

    def _training(self) -> dict[str, Any]:
        """Return the progress for the record."""
        counts = run_counts(self._table()) | {"reused": self._reused}
        return {"comparison": self._comparison.metric, "runs": counts}

    def _record_failure(self, variant: Variant, seed: int, error: str) -> RunRecord:
        """Create the folder and record of a run that failed before it could."""
        experiment = variant.experiment(self._comparison.name, seed)
        folder = self._run.run(variant.name, seed)
        run = RunDirectory.create(
            folder.parent,
            experiment.name,
            dump_config(experiment),
            folder=folder.name,
            seed=seed,
            environment=self._run.record.environment,
        )
        run.finish(RunStatus.FAILED, error)
        return run.record
