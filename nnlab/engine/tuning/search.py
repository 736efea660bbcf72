"""A search from its first trial to the retrained best: propose, train, rank, record."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from nnlab.config import Config
from nnlab.config.closing import with_values
from nnlab.config.hyperband import round_size
from nnlab.engine.devices import select_device
from nnlab.engine.interruption import Interruption, Stopped
from nnlab.engine.tuning import tensorboard_log
from nnlab.engine.tuning.conclusion import write_best, write_report
from nnlab.engine.tuning.folder import SearchDirectory
from nnlab.engine.tuning.keeping import bar, drop_states, drop_weights
from nnlab.engine.tuning.plan import Plan
from nnlab.engine.tuning.proposer import Proposal
from nnlab.engine.tuning.trial import LiveTrial, run_folders
from nnlab.engine.workers import Event, Outcome, Task, Workers
from nnlab.errors import ConfigError, RunFailedError, RunInterrupted
from nnlab.report.numbers import plural
from nnlab.report.progress.search_events import SearchInfo, SearchProgress
from nnlab.runs import RunFiles, RunStatus
from nnlab.runs.search import SearchRecord
from nnlab.runs.trial import TrialRecord, Value

_TICK_S = 0.1
_BEST = "best"


def search(
    config: Config,
    *,
    runs_dir: Path,
    progress: SearchProgress,
    command: tuple[str, ...] = (),
    retrain: bool = True,
) -> SearchRecord:
    """Search the space that a config marks; leaves a search's folder.

    Args:
        config: The config, with open values.
        runs_dir: The folder in which the search's own is made.
        progress: Is told how it goes.
        command: The command line, for the records.
        retrain: Whether the best is trained once more at the end, and tested.

    Returns:
        The record of a search that did all that it was asked to.

    Raises:
        DeviceError: There is no such device.
        ConfigError: With its first values the config has faults.
        DataError: The data cannot be read, or do not fit.
        RunFailedError: No trial came to a score; the disk refused.
        RunInterrupted: The user stopped it. `resume` goes on.
    """
    plan = Plan(config)
    select_device(config.experiment.training.device)
    with _workers(plan) as workers:
        _try_data(plan, workers)
        directory = SearchDirectory.create(runs_dir, plan, workers.jobs, command)
        if config.experiment.tensorboard is not False:
            tensorboard_log.write_space(directory.tensorboard, plan.space, plan.tune.objective)
        return _Search(plan, directory, workers, progress, command).run(retrain=retrain)


def resume(
    config: Config,
    path: Path,
    *,
    progress: SearchProgress,
    command: tuple[str, ...] = (),
    retrain: bool = True,
) -> SearchRecord:
    """Go on with a search: its finished trials count, those that were at work are done again.

    Args:
        config: The config in the search's folder; with other limits perhaps.
        path: The search's folder.
        progress: Is told how it goes.
        command: The command line, for the records.
        retrain: Whether the best is trained once more at the end, and tested.

    Returns:
        As `search`.

    Raises:
        RunNotFoundError: The folder holds no search.
        RequestError: Somebody is at work on it; there is no such device.
        DataError: Its records, or the data, cannot be read.
        RunFailedError: As in `search`.
        RunInterrupted: As in `search`.
    """
    plan = Plan(config)
    select_device(config.experiment.training.device)
    directory = SearchDirectory.reopen(path)
    with _workers(plan) as workers:
        _try_data(plan, workers)
        directory.begin(plan, workers.jobs, command)
        return _Search(plan, directory, workers, progress, command).run(retrain=retrain)


class _Search:
    """One sitting at a search."""

    def __init__(
        self,
        plan: Plan,
        directory: SearchDirectory,
        workers: Workers,
        progress: SearchProgress,
        command: tuple[str, ...],
    ) -> None:
        self._plan = plan
        self._directory = directory
        self._workers = workers
        self._progress = progress
        self._command = command
        self._proposer = plan.proposer()
        self._live: dict[int, LiveTrial] = {}
        self._started = time.monotonic()
        self._before = directory.search.timing
        self._timing = dict(self._before)
        self._ended_by: Literal["max_trials", "max_time", "space"] | None = None
        for _, trial in sorted(directory.records.items()):
            self._proposer.learn(trial)
        self._again = [trial for trial in directory.records.values() if not trial.is_over]

    def run(self, *, retrain: bool) -> SearchRecord:
        """Search, and end with the best."""
        outcome = "failed"
        with Interruption() as interruption, self._directory, self._told():
            self._progress.start(self._info(), list(self._directory.records.values()))
            try:
                self._search(interruption)
                retrained = self._conclude(interruption, retrain=retrain)
                self._directory.finish(
                    RunStatus.COMPLETE,
                    ended_by=self._ended_by,
                    retrained=retrained,
                    timing=self._times(),
                )
                outcome = "complete"
            finally:
                self._workers.stop()
                self._progress.stop(outcome)
        return self._directory.search

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
            if self._live and self._is_late() and self._directory.ranked():
                # What is at work now would end too late. It stays as it is: should the search be
                # resumed, it is done again.
                self._workers.stop()
                self._live.clear()
        self._timing["search_s"] = self._search_s()

    def _start_trials(self) -> None:
        while self._workers.idle > 0 and self._ended_by is None:
            trial = self._next()
            if trial is None:
                return
            self._begin(trial)

    def _next(self) -> TrialRecord | None:
        """The next trial; None: there is none, or not yet."""
        if self._is_late() and self._directory.ranked():
            self._ended_by = "max_time"
        elif self._again:
            return self._again.pop(0)
        elif len(self._directory.records) >= self._plan.tune.max_trials:
            self._ended_by = "max_trials"
        if self._ended_by is not None:
            return None
        number = max(self._directory.records, default=0) + 1
        answer = self._proposer.propose(number)
        if isinstance(answer, Proposal):
            return TrialRecord(
                number,
                dict(answer.values),
                goes_on_from=answer.goes_on_from,
                proposal={
                    **answer.details,
                    "epochs": answer.epochs,
                    "initial_epoch": answer.initial_epoch,
                },
            )
        if answer == "end" or not self._live:
            self._ended_by = "space"
        return None

    def _begin(self, trial: TrialRecord) -> None:
        proposal = Proposal(
            trial.values,
            trial.proposal.get("epochs"),
            trial.proposal.get("initial_epoch", 0),
            trial.goes_on_from,
        )
        live = LiveTrial(self._plan, self._directory, trial, proposal)
        # Before anything else: whatever happens now, the trial is known.
        self._directory.keep(trial)
        self._progress.trial_began(trial)
        limit = bar(self._directory.records.values(), self._plan.direction, trial.number)
        try:
            tasks = live.tasks(limit, self._command)
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
        trial = self._live[number].take(news)
        if trial is not None:
            del self._live[number]
            self._end(trial)

    def _end(self, trial: TrialRecord) -> None:
        """A trial has ended: record it."""
        if self._plan.config.experiment.tensorboard is not False:
            self._log(trial)
        self._directory.keep(trial)
        self._proposer.learn(trial)
        self._timing["search_s"] = self._search_s()
        self._directory.update(timing=self._times())
        self._tidy()
        self._progress.trial_ended(trial)

    def _tidy(self) -> None:
        """Delete the weights that nobody needs any more."""
        trials = self._directory.records
        drop_weights(self._directory, trials.values(), self._plan.direction, self._plan.trainings)
        needed = {number for number in trials if self._proposer.waits_for(number)}
        drop_states(self._directory, trials.values(), needed, self._plan.trainings)

    def _log(self, trial: TrialRecord) -> None:
        """Write the trial's curves and values for TensorBoard."""
        folder = self._directory.trial(trial.number)
        name = str(folder.relative_to(self._directory.path.parent))
        for run_folder in run_folders(folder, self._plan.trainings):
            tensorboard_log.write_trial(RunFiles(run_folder), trial, name)

    def _conclude(self, interruption: Interruption, *, retrain: bool) -> dict[str, float] | None:
        """Write the best config, and train it once more.

        Returns:
            The figures of that; None where it was not done.
        """
        best = write_best(self._directory, self._plan)
        known = self._directory.search.retrained
        if known is None and retrain:
            return self._retrained(best, interruption)
        write_report(self._directory)
        return known

    def _retrained(self, best: TrialRecord, interruption: Interruption) -> dict[str, float]:
        started = time.monotonic()
        self._progress.message(f"Training the best once more: trial {best.number}.")
        experiment = with_values(self._plan.config, best.values).experiment
        shutil.rmtree(self._directory.best, ignore_errors=True)
        self._workers.submit(Task(_BEST, experiment, self._directory.best, command=self._command))
        # A worker is busy now: this process has the time.
        write_report(self._directory)
        outcome = None
        while outcome is None:
            for news in self._workers.wait(_TICK_S):
                outcome = news if isinstance(news, Outcome) else outcome
            self._progress.tick()
            interruption.check()
        self._timing["retrain_s"] = self._timing.get("retrain_s", 0.0) + time.monotonic() - started
        if outcome.record is None or outcome.error is not None:
            raise RunFailedError(f"The best could not be trained once more: {outcome.error}")
        return dict(outcome.record.metrics)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Make of the user's wish to stop the error that says how to go on."""
        try:
            yield
        except Stopped as stopped:
            over = sum(trial.is_over for trial in self._directory.records.values())
            done = f"Interrupted after {plural(over, 'trial')}."
            command = f"nnlab tune --resume {self._directory.path}"
            raise RunInterrupted(f"{done} Go on with: {command}") from stopped

    def _is_late(self) -> bool:
        limit = self._plan.tune.max_time
        return limit is not None and self._search_s() >= limit

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
            max_trials=tune.max_trials,
            hyperparameters=len(self._plan.space),
            max_time=tune.max_time,
            round=round_size(self._plan.max_epochs) if tune.algorithm == "hyperband" else 0,
        )


def _workers(plan: Plan) -> Workers:
    return Workers(plan.tune.jobs, most=plan.tune.max_trials * plan.trainings)


def _try_data(plan: Plan, workers: Workers) -> None:
    """Prepare the data of the first values, so that what is wrong with them is told at once."""
    defaults: dict[str, Value] = {}
    for one in plan.space:
        if one.is_active(defaults):
            defaults[one.name] = one.default
    workers.prepare(plan.experiments(Proposal(defaults))[0])
