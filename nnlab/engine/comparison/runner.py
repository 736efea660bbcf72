"""A comparison of variants at work: each with each seed an ordinary run, several at once."""

from __future__ import annotations

import hashlib
import shlex
import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from nnlab.analysis.variants import VariantTable
from nnlab.config.comparison.variants import Comparison, Variant, dump_comparison
from nnlab.config.yaml.dump import dump_config
from nnlab.engine.comparison.checks import check_variants
from nnlab.engine.comparison.results import ComparisonResults
from nnlab.engine.comparison.resume import ReusableRun, earlier_runs, has_diverged
from nnlab.engine.runtime.signals import Interruption
from nnlab.engine.training.options import TrainingOptions
from nnlab.engine.workers.pool import Event, Outcome, Task, Workers
from nnlab.errors import (
    RunFailedError,
    RunInterrupted,
)
from nnlab.report.comparison.records import overall, run_counts, variant_records
from nnlab.report.comparison.values_csv import write_values
from nnlab.report.progress.several import StudyProgress
from nnlab.report.text.numbers import format_metric
from nnlab.runs import (
    RunDirectory,
    RunRecord,
    RunStatus,
    atomic_write,
    environment,
    read_run,
    translate_os_errors,
)
from nnlab.runs.io.lock import lock_folder
from nnlab.runs.io.process import Process
from nnlab.runs.records.comparison import ComparisonDirectory, ComparisonRecord
from nnlab.text import plural

_WAIT_S = 0.2


@dataclass(frozen=True)
class Compared:
    """What a comparison came to.

    Args:
        path: Its folder.
        record: What `comparison.json` says.
        table: The variants with their means and tests.
    """

    path: Path
    record: ComparisonRecord
    table: VariantTable


def compare_variants(  # noqa: PLR0913 - each is named where it is called
    comparison: Comparison,
    *,
    runs_dir: Path,
    progress: StudyProgress,
    resume: Path | None = None,
    jobs: int | Literal["auto"] = "auto",
    pictures: bool = True,
    command: Sequence[str] = (),
) -> Compared:
    """Train each variant with each seed, and compare what comes of them.

    Args:
        comparison: The comparison.
        runs_dir: The folder in which the comparison's own is made.
        progress: Is told how it goes.
        resume: The folder of a comparison to go on with: its runs are kept where their config and
            all versions are still the same. None: a new one.
        jobs: Runs at the same time; `auto`: what suits the machine.
        pictures: Whether the run of each variant's first seed gets its pictures.
        command: The command line, for the record.

    Returns:
        The comparison with its results; a run that diverged counts as a result.

    Raises:
        RequestError: Somebody is at work on the comparison to go on with; there is no such device;
            config and data do not fit each other.
        DataError: The data of some variant cannot be read, or do not fit.
        RunFailedError: No run could be completed, or the disk refused.
        RunInterrupted: The user stopped it. What has ended until then is kept.
    """
    found = environment(command)
    with nullcontext() if resume is None else lock_folder(resume), Workers(jobs) as workers:
        earlier = earlier_runs(comparison, resume, found)
        check_variants(comparison, earlier, workers.prepare)
        # Before the folder is made: from then on a signal must not stop the work where it stands.
        with (
            Interruption() as interruption,
            _directory(comparison, runs_dir, resume, found) as run,
        ):
            work = _Work(comparison, run, progress, tuple(command), earlier)
            if pictures:
                # Here once, not in each process that is forked from this one.
                import nnlab.report.plots  # noqa: F401
            try:
                work.begin(workers, pictures=pictures)
                while workers.left and not interruption.requested:
                    for news in workers.wait(_WAIT_S):
                        work.hear(news)
                workers.stop()
                return work.end(interrupted=interruption.requested)
            finally:
                progress.stop()


class _Work:
    """One comparison at work."""

    def __init__(
        self,
        comparison: Comparison,
        run: ComparisonDirectory,
        progress: StudyProgress,
        command: tuple[str, ...],
        earlier: Mapping[tuple[str, int], ReusableRun],
    ) -> None:
        self._comparison = comparison
        self._earlier = earlier
        self._run = run
        self._progress = progress
        self._command = command
        self._started = time.perf_counter() - run.record.timing.get("total_s", 0.0)
        self._results = ComparisonResults(comparison)
        self._tasks: dict[str, tuple[Variant, int]] = {}
        self._reused = 0
        self._jobs = 1

    def begin(self, workers: Workers, *, pictures: bool) -> None:
        """Keep the runs that are done, and hand the others to the workers, seed after seed."""
        comparison = self._comparison
        self._jobs = workers.jobs
        again: Counter[str] = Counter()
        for seed in comparison.seeds:
            for variant in comparison.variants:
                earlier = self._earlier[variant.name, seed]
                if earlier.record is not None:
                    self._results.add(variant, seed, earlier.record)
                    self._reused += 1
                else:
                    self._tasks[f"{variant.name}/{seed}"] = (variant, seed)
                    again.update([earlier.changed] * bool(earlier.changed))
        self._write(RunStatus.RUNNING)
        self._run.update(training=self._training())
        self._progress.start(self._headline(workers.jobs), len(self._tasks), workers.jobs)
        for changed, runs in again.items():
            self._progress.message(f"{plural(runs, 'run')} to be done again: {changed}.")
        for key, (variant, seed) in self._tasks.items():
            path = self._run.run(variant.name, seed)
            with translate_os_errors(path):
                if path.exists():
                    shutil.rmtree(path)
            # One run of each variant shows what it is like: boundary, weights, confusion.
            options = TrainingOptions(pictures=pictures and seed == comparison.seeds[0])
            experiment = variant.experiment(comparison.name, seed)
            workers.submit(Task(key, experiment, path, options, self._command))

    def hear(self, news: Event | Outcome) -> None:
        """Take in what a worker tells."""
        if isinstance(news, Event):
            self._progress.epoch(news.key, news.epoch, news.epochs, news.logs)
            return
        variant, seed = self._tasks[news.key]
        record = news.record or self._failed(variant, seed, str(news.error))
        if record.finished is None:
            # Its process died, and could not write that this is its end.
            run = RunDirectory(self._run.run(variant.name, seed), record)
            run.finish(RunStatus.FAILED, news.error)
            record = run.record
        self._results.add(variant, seed, record)
        # This process may be killed: its time counts as far as runs have ended in it.
        self._run.update(training=self._training(), timing=self._timing())
        self._progress.ended(news.key, _words(record, self._comparison.metric), news.seconds)

    def end(self, *, interrupted: bool) -> Compared:
        """Compare what there is, and give the comparison its last status."""
        status, error = self._results.ending(interrupted=interrupted)
        if error is not None and (interrupted or run_counts(self._results.table())["complete"]):
            folder = shlex.quote(str(self._run.path))
            error += f" Go on with: nnlab compare variants --resume {folder}"
        record = self._write(status, error)
        self._run.finish(status, error, timing=record.timing, training=self._training())
        write_values(self._run, self._results.table())
        self._progress.stop(status.value)
        document = record.to_dict() | {"path": str(self._run.path)}
        if interrupted:
            raise RunInterrupted(str(error), document)
        if not record.runs["complete"]:
            raise RunFailedError(str(error), document)
        return Compared(self._run.path, record, self._results.table())

    def _write(self, status: RunStatus, error: str | None = None) -> ComparisonRecord:
        """Write `comparison.json`; before a run has ended, what is to be compared."""
        table = self._results.table()
        record = ComparisonRecord(
            id=self._run.record.id,
            name=self._comparison.name,
            status=status.value,
            metric=table.metric,
            baseline=table.baseline,
            seeds=table.seeds,
            variants=variant_records(table),
            direction=table.direction,
            verdict=overall(table),
            figure=table.meaning.to_dict(),
            notes=table.meaning.notes,
            runs=run_counts(table) | {"reused": self._reused},
            jobs=self._jobs,
            timing=self._timing(),
            error=error,
            command=self._command,
        )
        record.write(self._run.comparison_json)
        return record

    def _timing(self) -> dict[str, float]:
        """Seconds of work, those of earlier processes included."""
        return {"total_s": time.perf_counter() - self._started}

    def _training(self) -> dict[str, Any]:
        """What the record says of the work, as far as it has come."""
        counts = run_counts(self._results.table()) | {"reused": self._reused}
        return {"comparison": self._comparison.metric, "runs": counts}

    def _failed(self, variant: Variant, seed: int, error: str) -> RunRecord:
        """The record of a run that could not even begin, which gets a folder all the same."""
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

    def _headline(self, jobs: int) -> str:
        comparison = self._comparison
        variants, seeds = len(comparison.variants), len(comparison.seeds)
        size = f"{plural(variants, 'variant')}, {plural(seeds, 'seed')}"
        kept = f", {self._reused} done already" if self._reused else ""
        return (
            f"{comparison.name}: {size}, {plural(comparison.runs, 'run')}{kept}, {jobs} at a time"
        )


def _directory(
    comparison: Comparison, runs_dir: Path, resume: Path | None, found: dict[str, Any]
) -> ComparisonDirectory:
    """The folder of a comparison that begins, or that goes on."""
    texts = dump_comparison(comparison)
    main = texts["comparison.yaml"]
    if resume is None:
        run = ComparisonDirectory.create(
            runs_dir, f"{comparison.name}-compare", main, environment=found
        )
    else:
        run = ComparisonDirectory(resume, read_run(resume).record)
        run.update(
            status=RunStatus.RUNNING,
            error=None,
            finished=None,
            process=Process.current(),
            environment=found,
            config_hash=hashlib.sha256(main.encode()).hexdigest(),
        )
    for name, text in texts.items():
        with translate_os_errors(run.path / name):
            atomic_write(run.path / name, text)
    return run


def _words(record: RunRecord, metric: str) -> str:
    """What came of a run, in a few words."""
    if record.status is RunStatus.COMPLETE and metric in record.metrics:
        return f"{metric} {format_metric(record.metrics[metric])}"
    reason = (record.error or "").partition(":" if has_diverged(record) else ". ")[0]
    return f"{record.status}: {reason}" if reason else str(record.status)
