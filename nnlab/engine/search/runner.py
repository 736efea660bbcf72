"""Run a search, from its first trial or a resumed position, to its final status."""

from __future__ import annotations

import shutil
import time

from nnlab.config.space.hyperband import trials_per_round
from nnlab.engine.runtime.signals import Interruption
from nnlab.engine.search import tensorboard_log
from nnlab.engine.search.directory import (
    SearchDirectory,
)
from nnlab.engine.search.results import (
    POLL_INTERVAL_S,
    no_result_reason,
    retrain,
    same_error_reason,
    write_best,
    write_report,
)
from nnlab.engine.search.sampler import Suggestion
from nnlab.engine.search.trial import Trial, run_folders
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.engine.search.trial_queue import TrialQueue, all_failed_with_same_error
from nnlab.engine.workers.pool import WorkerPool
from nnlab.engine.workers.worker import Event, Outcome
from nnlab.errors import ConfigError, DiskError, RunInterrupted
from nnlab.report.progress.search import SearchInfo, SearchProgress
from nnlab.runs import RunFiles, RunStatus
from nnlab.runs.records.search import SearchRecord
from nnlab.runs.records.trial import FrozenTrial
from nnlab.text import plural


class SearchRunner:
    """A running search."""

    def __init__(
        self,
        configs: TrialConfigs,
        directory: SearchDirectory,
        queue: TrialQueue,
        workers: WorkerPool,
        progress: SearchProgress,
    ) -> None:
        self._configs = configs
        self._directory = directory
        self._queue = queue
        self._workers = workers
        self._progress = progress
        self._running: dict[int, Trial] = {}
        self._finished: list[FrozenTrial] = []
        self._started = time.monotonic()
        self._previous_timing = directory.search.timing
        self._timing = dict(self._previous_timing)

    def run(self, *, retrain_best: bool) -> SearchRecord:
        """Search, retrain the best config if requested, and return the final record."""
        tune, status = self._configs.tune, RunStatus.FAILED
        is_hyperband = tune.algorithm == "hyperband"
        info = SearchInfo(
            name=self._configs.config.experiment.name,
            algorithm=tune.algorithm,
            objective=tune.objective,
            direction=self._configs.direction,
            jobs=self._workers.jobs,
            max_trials=self._queue.max_trials,
            space=tuple(hyperparameter.name for hyperparameter in self._configs.space),
            max_time=tune.max_time,
            trials_per_round=trials_per_round(self._configs.max_epochs) if is_hyperband else 0,
            searched_s=self._previous_timing.get("search_s", 0.0),
        )
        with Interruption() as interruption, self._directory:
            try:
                self._progress.start(info, list(self._directory.trial_records.values()))
                status, error = self._search_and_retrain(interruption, retrain_best=retrain_best)
                self._directory.finish(
                    status, error, stop_reason=self._queue.stop_reason, timing=self._total_timing()
                )
            except KeyboardInterrupt:
                status = RunStatus.INTERRUPTED
                raise
            finally:
                self._workers.stop()
                self._progress.stop(status.value)
        return self._directory.search

    def _search_and_retrain(
        self, interruption: Interruption, *, retrain_best: bool
    ) -> tuple[RunStatus, str | None]:
        """Return the final status and the error."""
        try:
            self._search(interruption)
        except RunInterrupted:
            self._stop_trials()
            self._queue.stop_reason = "user"
            self._timing["search_s"] = self._searched_s()
            self._progress.message("Interrupted. Writing the results so far.")
            self._write_results(plots=not interruption.interrupted_twice)
            trials = self._directory.trial_records.values()
            finished = sum(trial.is_finished for trial in trials)
            total = plural(self._queue.max_trials, "trial")
            return RunStatus.INTERRUPTED, f"Interrupted after {finished} of {total}."
        except DiskError as error:
            self._stop_trials()
            return RunStatus.FAILED, str(error)
        if self._queue.stop_reason == "failures":
            self._write_results(plots=True)
            return RunStatus.FAILED, same_error_reason(self._finished)
        if not self._directory.ranked_trials():
            self._write_results(plots=True)
            return RunStatus.FAILED, no_result_reason(self._directory.ordered_trials())
        best = write_best(self._directory, self._configs)
        if retrain_best and self._directory.search.final_metrics is None:
            return self._retrain(best, interruption)
        write_report(self._directory)
        return RunStatus.COMPLETE, None

    def _retrain(
        self, best: FrozenTrial, interruption: Interruption
    ) -> tuple[RunStatus, str | None]:
        start = time.monotonic()
        done = f"The search is complete, and the config of trial {best.number} is in best.yaml"
        try:
            outcome = retrain(
                self._configs, self._directory, self._workers, self._progress, interruption
            )
        except RunInterrupted:
            return RunStatus.INTERRUPTED, f"{done}; its retraining was interrupted."
        previous_s = self._timing.get("retrain_s", 0.0)
        self._timing["retrain_s"] = previous_s + time.monotonic() - start
        if outcome.record is None or outcome.error is not None:
            return RunStatus.FAILED, f"{done}; its retraining failed: {outcome.error}"
        self._directory.update(final_metrics=dict(outcome.record.metrics))
        return RunStatus.COMPLETE, None

    def _search(self, interruption: Interruption) -> None:
        # An earlier process may have been killed before it deleted them.
        self._directory.delete_unneeded_files(self._queue.promotable(), self._configs.trainings)
        while True:
            while self._workers.free_slots > 0:
                self._stop_if_all_failed()
                record = self._queue.next(self._searched_s(), is_idle=not self._running)
                if record is None:
                    break
                self._start_trial(record)
            if not self._running:
                break
            for message in self._workers.wait(POLL_INTERVAL_S):
                self._handle(message)
            self._progress.tick()
            interruption.check()
            if not self._running:
                continue
            self._stop_if_all_failed()
            is_time_over = self._queue.is_time_over(self._searched_s())
            if self._queue.stop_reason == "failures" or is_time_over:
                self._stop_trials()
        self._timing["search_s"] = self._searched_s()

    def _stop_if_all_failed(self) -> None:
        if all_failed_with_same_error(self._finished, self._workers.jobs):
            self._queue.stop_reason = "failures"

    def _stop_trials(self) -> None:
        """Stop the running trials; a resumed search reruns them."""
        self._workers.stop()
        for trial in self._running.values():
            self._directory.write_trial(trial.as_interrupted())
        self._running.clear()

    def _write_results(self, *, plots: bool) -> None:
        if self._directory.ranked_trials():
            write_best(self._directory, self._configs)
        write_report(self._directory, plots=plots)

    def _start_trial(self, record: FrozenTrial) -> None:
        suggestion = Suggestion(
            record.values,
            record.sampler_state.get("epochs"),
            record.sampler_state.get("initial_epoch", 0),
            record.parent_trial,
        )
        trial = Trial(self._configs, self._directory, record, suggestion)
        # First, so the trial is known even if this process is killed.
        self._directory.write_trial(record)
        self._progress.trial_started(record)
        threshold = self._directory.score_threshold(record.number)
        try:
            tasks = trial.tasks(threshold, self._directory.search.command)
        except ConfigError as error:
            self._finish_trial(trial.as_failed(error))
            return
        self._running[record.number] = trial
        for task in tasks:
            self._workers.submit(task)

    def _handle(self, message: Event | Outcome) -> None:
        number = int(message.key.partition(".")[0])
        if isinstance(message, Event):
            self._progress.epoch(number, message.epoch, message.epochs, message.logs)
            return
        if message.disk_error:
            # Not an error of the trial: a resumed search reruns it.
            raise DiskError(message.error or "")
        record = self._running[number].add_result(message)
        if record is not None:
            del self._running[number]
            self._finish_trial(record)

    def _finish_trial(self, trial: FrozenTrial) -> None:
        """Record a finished trial."""
        if self._configs.config.experiment.tensorboard is not False:
            folder = self._directory.trial(trial.number)
            name = str(folder.relative_to(self._directory.path.parent))
            folders = run_folders(folder, self._configs.trainings)
            scores = trial.scores if trial.score is not None else [None] * len(folders)
            objective = self._configs.tune.objective
            for run_folder, score in zip(folders, scores, strict=True):
                tensorboard_log.write_trial(RunFiles(run_folder), trial, name, objective, score)
        self._directory.write_trial(trial)
        self._queue.tell(trial)
        self._finished.append(trial)
        self._timing["search_s"] = self._searched_s()
        self._directory.update(timing=self._total_timing())
        if self._directory.ranked_trials()[:1] == [trial]:
            # Now, because this process may be killed. A retrained config is no longer the best.
            write_best(self._directory, self._configs)
            shutil.rmtree(self._directory.best, ignore_errors=True)
        self._directory.delete_unneeded_files(self._queue.promotable(), self._configs.trainings)
        self._progress.trial_finished(trial)

    def _searched_s(self) -> float:
        """Return the seconds of searching, including those before a resume."""
        return self._previous_timing.get("search_s", 0.0) + time.monotonic() - self._started

    def _total_timing(self) -> dict[str, float]:
        total_s = self._previous_timing.get("total_s", 0.0) + time.monotonic() - self._started
        return {**self._timing, "total_s": total_s}
