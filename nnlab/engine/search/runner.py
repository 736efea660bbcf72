"""One sitting at a search: from its first trial, or where an earlier one stopped, to its end."""

from __future__ import annotations

import shutil
import time

from nnlab.config.space.hyperband import trials_per_round
from nnlab.engine.runtime.signals import Interruption
from nnlab.engine.search import tensorboard_log
from nnlab.engine.search.directory import SearchDirectory
from nnlab.engine.search.failures import all_failed_with_same_error, giving_up
from nnlab.engine.search.results import no_result_reason, write_best, write_report
from nnlab.engine.search.retention import bar, delete_checkpoints, delete_states
from nnlab.engine.search.retraining import retrain
from nnlab.engine.search.sampler import Suggestion
from nnlab.engine.search.trial import Trial, run_folders
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.engine.search.trial_queue import TrialQueue
from nnlab.engine.workers.pool import Event, Outcome, Workers
from nnlab.errors import ConfigError, DiskError, RunInterrupted
from nnlab.report.progress.search_events import SearchInfo, SearchProgress
from nnlab.runs import RunFiles, RunStatus
from nnlab.runs.records.search import SearchRecord
from nnlab.runs.records.trial import FrozenTrial
from nnlab.text import plural

_TICK_S = 0.1


class SearchRunner:
    """A search at work.

    Args:
        plan: What it is to do.
        directory: Its folder, with the trials of earlier sittings.
        queue: The trials to come.
        workers: Train them.
        progress: Is told how it goes.
    """

    def __init__(
        self,
        plan: TrialConfigs,
        directory: SearchDirectory,
        queue: TrialQueue,
        workers: Workers,
        progress: SearchProgress,
    ) -> None:
        self._plan = plan
        self._directory = directory
        self._queue = queue
        self._workers = workers
        self._progress = progress
        self._live: dict[int, Trial] = {}
        self._ended: list[FrozenTrial] = []
        self._started = time.monotonic()
        self._before = directory.search.timing
        self._timing = dict(self._before)

    def run(self, *, retrain_best: bool) -> SearchRecord:
        """Search, and end with the best.

        Args:
            retrain_best: Whether the best is trained once more, where it was not yet.

        Returns:
            The search's record; its status tells how it ended.

        Raises:
            RunFailedError: The disk refused.
        """
        outcome = RunStatus.FAILED
        with Interruption() as interruption, self._directory:
            try:
                self._progress.start(self._info(), list(self._directory.records.values()))
                outcome, error = self._work(interruption, retrain_best=retrain_best)
                self._directory.finish(
                    outcome, error, stop_reason=self._queue.stop_reason, timing=self._times()
                )
            except KeyboardInterrupt:
                outcome = RunStatus.INTERRUPTED
                raise
            finally:
                self._workers.stop()
                self._progress.stop(outcome.value)
        return self._directory.search

    def _work(
        self, interruption: Interruption, *, retrain_best: bool
    ) -> tuple[RunStatus, str | None]:
        """Search and retrain; how that ended, and why not better."""
        if (cut_short := self._searched(interruption)) is not None:
            return cut_short
        if self._queue.stop_reason == "failures" or not self._directory.ranked():
            self._write_what_there_is(pictures=True)
            alike = self._queue.stop_reason == "failures"
            return RunStatus.FAILED, giving_up(self._ended) if alike else no_result_reason(
                self._directory
            )
        best = write_best(self._directory, self._plan)
        if not retrain_best or self._directory.search.retrained is not None:
            write_report(self._directory)
            return RunStatus.COMPLETE, None
        begun = time.monotonic()
        which = f"The search is done, and its best, trial {best.number}, is in best.yaml"
        try:
            outcome = retrain(
                self._plan, self._directory, self._workers, self._progress, interruption
            )
        except RunInterrupted:
            return RunStatus.INTERRUPTED, f"{which}; training it once more was interrupted."
        spent = self._timing.get("retrain_s", 0.0) + time.monotonic() - begun
        self._timing["retrain_s"] = spent
        if outcome.record is None or outcome.error is not None:
            return RunStatus.FAILED, f"{which}; training it once more failed: {outcome.error}"
        self._directory.update(retrained=dict(outcome.record.metrics))
        return RunStatus.COMPLETE, None

    def _searched(self, interruption: Interruption) -> tuple[RunStatus, str] | None:
        """Search; how that ended and why, where it did not come to its end."""
        try:
            self._search(interruption)
        except RunInterrupted:
            return RunStatus.INTERRUPTED, self._stopped(interruption)
        except DiskError as error:
            self._leave()
            return RunStatus.FAILED, str(error)
        return None

    def _search(self, interruption: Interruption) -> None:
        # An earlier sitting may have been killed before it came to that.
        self._tidy()
        while True:
            self._start_trials()
            if not self._live:
                break
            for news in self._workers.wait(_TICK_S):
                self._take(news)
            self._progress.tick()
            interruption.check()
            if self._live and self._is_over():
                self._leave()
        self._timing["search_s"] = self._search_s()

    def _is_over(self) -> bool:
        """Whether what is at work now would end too late, or most likely fail."""
        if all_failed_with_same_error(self._ended, self._workers.jobs):
            self._queue.stop_reason = "failures"
        return self._queue.stop_reason == "failures" or self._queue.is_late(self._search_s())

    def _leave(self) -> None:
        """Leave the trials at work; should the search be resumed, they are done again."""
        self._workers.stop()
        for live in self._live.values():
            self._directory.keep(live.interrupted())
        self._live.clear()

    def _stopped(self, interruption: Interruption) -> str:
        """The user has stopped the search: keep what there is, and say how far it came."""
        self._leave()
        self._queue.stop_reason = "user"
        self._timing["search_s"] = self._search_s()
        self._progress.message("Interrupted: writing what there is.")
        self._write_what_there_is(pictures=not interruption.interrupted_twice)
        over = sum(trial.is_finished for trial in self._directory.records.values())
        return f"Interrupted after {over} of {plural(self._queue.most, 'trial')}."

    def _write_what_there_is(self, *, pictures: bool) -> None:
        if self._directory.ranked():
            write_best(self._directory, self._plan)
        write_report(self._directory, pictures=pictures)

    def _start_trials(self) -> None:
        while self._workers.idle > 0:
            if all_failed_with_same_error(self._ended, self._workers.jobs):
                self._queue.stop_reason = "failures"
            trial = self._queue.next(self._search_s(), is_idle=not self._live)
            if trial is None:
                return
            self._begin(trial)

    def _begin(self, trial: FrozenTrial) -> None:
        proposal = Suggestion(
            trial.values,
            trial.proposal.get("epochs"),
            trial.proposal.get("initial_epoch", 0),
            trial.parent_trial,
        )
        live = Trial(self._plan, self._directory, trial, proposal)
        # Before anything else: whatever happens now, the trial is known.
        self._directory.keep(trial)
        self._progress.trial_began(trial)
        limit = bar(self._directory.records.values(), self._plan.direction, trial.number)
        try:
            tasks = live.tasks(limit, self._directory.search.command)
        except ConfigError as error:
            self._end(live.failed(error))
            return
        self._live[trial.number] = live
        for task in tasks:
            self._workers.submit(task)

    def _take(self, news: Event | Outcome) -> None:
        number = int(news.key.partition(".")[0])
        if isinstance(news, Event):
            self._progress.epoch(number, news.epoch, news.epochs, news.logs)
            return
        if news.refused:
            # No fault of the trial's: it is done again when the search is resumed.
            raise DiskError(news.error or "")
        trial = self._live[number].take(news)
        if trial is not None:
            del self._live[number]
            self._end(trial)

    def _end(self, trial: FrozenTrial) -> None:
        """A trial has ended: record it."""
        if self._plan.config.experiment.tensorboard is not False:
            self._log(trial)
        self._directory.keep(trial)
        self._queue.tell(trial)
        self._ended.append(trial)
        self._timing["search_s"] = self._search_s()
        self._directory.update(timing=self._times())
        if self._directory.ranked()[:1] == [trial]:
            # Now, as this process may be killed; what was trained once more is the best no longer.
            write_best(self._directory, self._plan)
            shutil.rmtree(self._directory.best, ignore_errors=True)
        self._tidy()
        self._progress.trial_ended(trial)

    def _tidy(self) -> None:
        """Delete the weights that nobody needs any more."""
        trials = self._directory.records.values()
        delete_checkpoints(self._directory, trials, self._plan.direction, self._plan.trainings)
        delete_states(self._directory, trials, self._queue.promotable(), self._plan.trainings)

    def _log(self, trial: FrozenTrial) -> None:
        """Write the trial's curves and values for TensorBoard."""
        folder = self._directory.trial(trial.number)
        name = str(folder.relative_to(self._directory.path.parent))
        folders = run_folders(folder, self._plan.trainings)
        scores = trial.scores if trial.score is not None else [None] * len(folders)
        for run_folder, score in zip(folders, scores, strict=True):
            run, objective = RunFiles(run_folder), self._plan.tune.objective
            tensorboard_log.write_trial(run, trial, name, objective, score)

    def _search_s(self) -> float:
        """Seconds of searching, those of earlier sittings included."""
        return self._before.get("search_s", 0.0) + time.monotonic() - self._started

    def _times(self) -> dict[str, float]:
        total = self._before.get("total_s", 0.0) + time.monotonic() - self._started
        return {**self._timing, "total_s": total}

    def _info(self) -> SearchInfo:
        tune = self._plan.tune
        return SearchInfo(
            name=self._plan.config.experiment.name,
            algorithm=tune.algorithm,
            objective=tune.objective,
            direction=self._plan.direction,
            jobs=self._workers.jobs,
            max_trials=self._queue.most,
            space=tuple(one.name for one in self._plan.space),
            max_time=tune.max_time,
            round=trials_per_round(self._plan.max_epochs) if tune.algorithm == "hyperband" else 0,
            searched_s=self._before.get("search_s", 0.0),
        )
