"""The live handle of a search: its folder, while it is being written."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from nnlab.config.schema.metrics import metric_directions
from nnlab.config.yaml.dump import dump_yaml
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.runs import RunDirectory, RunStatus, environment, read_run
from nnlab.runs.io.process import Process
from nnlab.runs.records.search import (
    SearchFiles,
    SearchRecord,
    read_search,
    read_trials,
)
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, count_by_status, rank_trials


class SearchDirectory(SearchFiles):
    """A search that is at work: its folder, its own record, and those of its trials.

    Its folder is a run's, too: `record.json` says how the search stands and what the best trial
    came to. Use it as a context manager, as `RunDirectory`.

    Args:
        run: The folder as that of a run.
        search: The record that the folder holds.
        trials: The trials that it holds.
    """

    def __init__(
        self, run: RunDirectory, search: SearchRecord, trials: Mapping[int, FrozenTrial]
    ) -> None:
        super().__init__(run.path)
        self._run = run
        self.search = search
        self.records = dict(trials)

    @classmethod
    def create(
        cls,
        runs_dir: Path,
        plan: TrialConfigs,
        jobs: int,
        command: tuple[str, ...],
        data: Mapping[str, Any],
    ) -> Self:
        """Makes the folder of a new search.

        Args:
            runs_dir: The folder of all runs.
            plan: What the search is to do.
            jobs: Trials at the same time.
            command: The command line.
            data: The fingerprint of its file of data; empty where there is none.

        Returns:
            The search.

        Raises:
            RunFailedError: The disk refused.
        """
        experiment = plan.config.experiment
        run = RunDirectory.create(
            runs_dir,
            f"{experiment.name}-tune",
            dump_yaml(plan.config.document.tree),
            seed=plan.seed,
            directions=metric_directions(experiment) | {plan.tune.objective: plan.direction},
            environment=environment(command),
            training={"search": plan.tune.algorithm},
        )
        search = SearchRecord(
            run.record.id,
            experiment.name,
            algorithm=plan.tune.algorithm,
            objective=plan.tune.objective,
            direction=plan.direction,
            seed=plan.seed,
            space=tuple(dataclasses.asdict(one) for one in plan.space),
            data=dict(data),
        )
        made = cls(run, search, {})
        made.begin(plan, jobs, command)
        return made

    @classmethod
    def reopen(cls, path: Path, *, retry_failed: bool = False) -> Self:
        """Takes on a search that an earlier process has left, see `lock_folder`.

        Args:
            path: Its folder.
            retry_failed: Whether trials that failed count as interrupted ones, to be done again.

        Returns:
            The search.

        Raises:
            RunNotFoundError: The folder holds no search.
            DataError: Its records cannot be read.
        """
        search, trials = read_search(path), read_trials(path)
        if retry_failed:
            trials = [
                trial.reset(TrialStatus.INTERRUPTED) if trial.status is TrialStatus.FAILED else trial
                for trial in trials
            ]
        run = RunDirectory(path, read_run(path).record)
        return cls(run, search, {trial.number: trial for trial in trials})

    def begin(self, plan: TrialConfigs, jobs: int, command: tuple[str, ...]) -> None:
        """Record that work begins, or goes on.

        Args:
            plan: What the search is to do.
            jobs: Trials at the same time.
            command: The command line.
        """
        for trial in [*self.records.values()]:
            if not trial.is_finished:
                self.keep(trial)
        self._run.update(
            status=RunStatus.RUNNING, finished=None, error=None, process=Process.current()
        )
        self.update(
            status=RunStatus.RUNNING,
            error=None,
            stop_reason=None,
            jobs=jobs,
            max_trials=plan.tune.max_trials,
            max_time=plan.tune.max_time,
            executions_per_trial=plan.tune.executions_per_trial,
            cv=plan.tune.cv,
            max_epochs=None if plan.searches_epochs else plan.max_epochs,
            command=command,
        )

    def update(self, **changes: Any) -> None:
        """Replace fields of the search's own record, and count its trials.

        Args:
            **changes: New values by field.

        Raises:
            RunFailedError: The disk refused.
        """
        ranked = self.ranked()
        best = ranked[0].to_dict() if ranked else None
        if best != self.search.best:
            # What was trained once more was another trial's config.
            changes = {"retrained": None, **changes}
        found = count_by_status(self.records.values())
        self.search = dataclasses.replace(self.search, **changes, counts=found, best=best)
        self.search.write(self.search_json)
        if self.search.status is RunStatus.RUNNING:
            self._run.update(**self._as_run())

    def keep(self, trial: FrozenTrial) -> None:
        """Write a trial's record.

        Args:
            trial: The trial.

        Raises:
            RunFailedError: The disk refused.
        """
        trial.write(self.trial_json(trial.number))
        self.records[trial.number] = trial

    def ranked(self) -> list[FrozenTrial]:
        """The complete trials, the best first."""
        return rank_trials(self.records.values(), self.search.direction)

    def finish(self, status: RunStatus, error: str | None = None, **changes: Any) -> None:
        """Give the search its last status.

        Args:
            status: How it ended.
            error: Why, where it did not end well.
            **changes: More of the search's own record.

        Raises:
            RunFailedError: The disk refused.
        """
        self.update(status=status, error=error, **changes)
        self._run.finish(status, error, **self._as_run())

    def _as_run(self) -> dict[str, Any]:
        """How far the search has come, in the fields of a run's record."""
        best = self.ranked()[:1]
        score = {self.search.objective: best[0].score} if best else {}
        return {
            "params": best[0].params if best else None,
            "metrics": {**score, **_of_the_test(self.search.retrained)},
            "timing": self.search.timing,
            "training": {"search": self.search.algorithm, "trials": self.search.counts},
        }

    def __enter__(self) -> Self:
        """The search itself."""
        self._run.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """Gives the search its last status; an exception goes on after that."""
        self._run.__exit__(*error)  # type: ignore[arg-type]
        record = self._run.record
        self.records = {number: trial.as_interrupted() for number, trial in self.records.items()}
        if self.search.status is not record.status:
            self.update(status=record.status, error=record.error)


def _of_the_test(metrics: Mapping[str, float] | None) -> dict[str, float]:
    return {name: value for name, value in (metrics or {}).items() if name.startswith("test_")}
