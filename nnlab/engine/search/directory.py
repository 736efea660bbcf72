"""The folder of a running search."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Self

from nnlab.config.schema.logged_metrics import metric_directions
from nnlab.config.yaml.document import dump_yaml
from nnlab.engine.search.trial import STATE_FILE, run_folders
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.runs import RunDirectory, RunFiles, RunStatus, environment, read_run
from nnlab.runs.records.run import Process
from nnlab.runs.records.search import (
    SearchFiles,
    SearchRecord,
    read_search,
    read_trials,
)
from nnlab.runs.records.trial import FrozenTrial, TrialStatus, count_by_status, rank_trials

_KEPT_MODELS = 3


class SearchDirectory(SearchFiles):
    """A running search: its folder, its record, and those of its trials.

    The folder is that of a run, too: its `record.json` has the status of the search and the metrics
    of the best trial. Use it as a context manager, like `RunDirectory`.
    """

    def __init__(
        self, run: RunDirectory, search: SearchRecord, trials: Mapping[int, FrozenTrial]
    ) -> None:
        super().__init__(run.path)
        self._run = run
        self.search = search
        self.trial_records = dict(trials)

    @classmethod
    def create(
        cls,
        runs_dir: Path,
        configs: TrialConfigs,
        jobs: int,
        command: tuple[str, ...],
        data: Mapping[str, Any],
    ) -> Self:
        """Create the folder of a new search; `data` is the fingerprint of its data file."""
        experiment, tune = configs.config.experiment, configs.tune
        run = RunDirectory.create(
            runs_dir,
            f"{experiment.name}-tune",
            dump_yaml(configs.config.document.tree),
            seed=configs.seed,
            directions=metric_directions(experiment) | {tune.objective: configs.direction},
            environment=environment(command),
            training={"search": tune.algorithm},
        )
        search = SearchRecord(
            run.record.id,
            experiment.name,
            algorithm=tune.algorithm,
            objective=tune.objective,
            direction=configs.direction,
            seed=configs.seed,
            space=tuple(dataclasses.asdict(hyperparameter) for hyperparameter in configs.space),
            data=dict(data),
        )
        directory = cls(run, search, {})
        directory.start(configs, jobs, command)
        return directory

    @classmethod
    def reopen(cls, path: Path, *, retry_failed: bool = False) -> Self:
        """Open the folder of a search to resume it, see `lock_folder`.

        With `retry_failed`, failed trials become interrupted ones, which are rerun.
        """
        search, trials = read_search(path), read_trials(path)
        if retry_failed:
            trials = [
                trial.reset(TrialStatus.INTERRUPTED)
                if trial.status is TrialStatus.FAILED
                else trial
                for trial in trials
            ]
        run = RunDirectory(path, read_run(path).record)
        return cls(run, search, {trial.number: trial for trial in trials})

    def start(self, configs: TrialConfigs, jobs: int, command: tuple[str, ...]) -> None:
        """Record that the search is running, with its current limits."""
        for trial in list(self.trial_records.values()):
            if not trial.is_finished:
                self.write_trial(trial)
        self._run.update(
            status=RunStatus.RUNNING, finished=None, error=None, process=Process.current()
        )
        searches_epochs = any(
            hyperparameter.path == ("training", "epochs") for hyperparameter in configs.space
        )
        self.update(
            status=RunStatus.RUNNING,
            error=None,
            stop_reason=None,
            jobs=jobs,
            max_trials=configs.tune.max_trials,
            max_time=configs.tune.max_time,
            executions_per_trial=configs.tune.executions_per_trial,
            cv=configs.tune.cv,
            max_epochs=None if searches_epochs else configs.max_epochs,
            command=command,
        )

    def update(self, **changes: Any) -> None:
        """Replace fields of the search's record, and update its best trial and its counts."""
        ranked = self.ranked_trials()
        best = ranked[0].to_dict() if ranked else None
        if best != self.search.best:
            # The final metrics are those of an earlier best trial.
            changes = {"final_metrics": None, **changes}
        trial_counts = count_by_status(self.trial_records.values())
        self.search = dataclasses.replace(
            self.search, **changes, trial_counts=trial_counts, best=best
        )
        self.search.write(self.search_json)
        if self.search.status is RunStatus.RUNNING:
            self._run.update(**self._run_fields())

    def write_trial(self, trial: FrozenTrial) -> None:
        """Write the record of a trial."""
        trial.write(self.trial_json(trial.number))
        self.trial_records[trial.number] = trial

    def ordered_trials(self) -> list[FrozenTrial]:
        """Return all trials by their numbers."""
        return [trial for _, trial in sorted(self.trial_records.items())]

    def ranked_trials(self) -> list[FrozenTrial]:
        """Return the complete trials, best first."""
        return rank_trials(self.trial_records.values(), self.search.direction)

    def score_threshold(self, number: int) -> float:
        """Return the score that a new trial must reach to be among the best and keep its model."""
        worst = math.inf if self.search.direction == "min" else -math.inf
        best = self.ranked_trials()[:_KEPT_MODELS]
        if len(best) < _KEPT_MODELS or best[-1].score is None:
            return worst
        # Of equal scores, that of the trial with the lower number is better.
        is_earlier = number < best[-1].number
        return best[-1].score if is_earlier else math.nextafter(best[-1].score, -worst)

    def delete_unneeded_files(self, promotable: Collection[int], trainings: int) -> None:
        """Delete models that are not among the best, and states that no trial will continue."""
        best = {trial.number for trial in self.ranked_trials()[:_KEPT_MODELS]}
        for number, trial in self.trial_records.items():
            if trial.is_finished:
                for folder in run_folders(self.trial(number), trainings):
                    if number not in best:
                        RunFiles(folder).model_keras.unlink(missing_ok=True)
                    if number not in promotable:
                        (folder / STATE_FILE).unlink(missing_ok=True)

    def finish(self, status: RunStatus, error: str | None = None, **changes: Any) -> None:
        """Write the final status of the search."""
        self.update(status=status, error=error, **changes)
        self._run.finish(status, error, **self._run_fields())

    def _run_fields(self) -> dict[str, Any]:
        """Return the progress of the search as fields of a run's record."""
        best = self.ranked_trials()[:1]
        score = {self.search.objective: best[0].score} if best else {}
        final_metrics = self.search.final_metrics or {}
        test_metrics = {
            name: value for name, value in final_metrics.items() if name.startswith("test_")
        }
        return {
            "params": best[0].params if best else None,
            "metrics": {**score, **test_metrics},
            "timing": self.search.timing,
            "training": {"search": self.search.algorithm, "trials": self.search.trial_counts},
        }

    def __enter__(self) -> Self:
        """Return the search."""
        self._run.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """Write the final status of the search, also after an exception, which is raised again."""
        self._run.__exit__(*error)  # type: ignore[arg-type]
        record = self._run.record
        self.trial_records = {
            number: trial.as_interrupted() for number, trial in self.trial_records.items()
        }
        if self.search.status is not record.status:
            self.update(status=record.status, error=record.error)
