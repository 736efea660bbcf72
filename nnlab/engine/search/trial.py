"""A live trial: its trainings, and its record."""

from __future__ import annotations

import dataclasses
import math
import shutil
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from nnlab.engine.search.sampler import Suggestion
from nnlab.engine.search.trial_configs import TrialConfigs
from nnlab.engine.training.context import ScoreThreshold, TrainingOptions
from nnlab.engine.workers.worker import Outcome, Task
from nnlab.errors import NnlabError
from nnlab.runs.records.search import SearchFiles
from nnlab.runs.records.trial import FrozenTrial, TrialStatus

STATE_FILE = "state.npz"


@dataclass
class Trial:
    """A running trial.

    Args:
        configs: The experiments of all trials.
        files: The folder of the search.
        record: The record of the trial.
        suggestion: Its values.
    """

    configs: TrialConfigs
    files: SearchFiles
    record: FrozenTrial
    suggestion: Suggestion
    _outcomes: dict[str, Outcome] = field(default_factory=dict)
    _keys: tuple[str, ...] = ()
    _started: float = field(default_factory=time.monotonic)

    def tasks(self, threshold: float, command: tuple[str, ...]) -> list[Task]:
        """Return the trainings of the trial; the model is saved if its score reaches a threshold.

        The run of a single training is in the trial's folder, those of several in numbered ones.
        """
        folder = self.files.trial(self.record.number)
        _remove_previous_files(folder)
        experiments = self.configs.experiments(self.suggestion)
        folders = run_folders(folder, len(experiments))
        parent = self.suggestion.parent_trial
        states: list[Path | None] = [None] * len(folders)
        if parent is not None:
            parent_folders = run_folders(self.files.trial(parent), len(experiments))
            states = [parent_folder / STATE_FILE for parent_folder in parent_folders]
        is_continuable = self.suggestion.epochs is not None
        if len(folders) > 1:
            # With folds or executions, a single training cannot decide whether to save its model.
            threshold = math.inf * (-1, 1)[self.configs.direction == "min"]
        objective, direction = self.configs.tune.objective, self.configs.direction
        tasks = [
            Task(
                f"{self.record.number}.{number}",
                experiment,
                run_folder,
                TrainingOptions(
                    plots=False,
                    test=False,
                    keep_model=ScoreThreshold(objective, direction, threshold),
                    initial_epoch=self.suggestion.initial_epoch,
                    load_state_from=state,
                    save_state_to=run_folder / STATE_FILE if is_continuable else None,
                ),
                command,
            )
            for number, (experiment, run_folder, state) in enumerate(
                zip(experiments, folders, states, strict=True), 1
            )
        ]
        self._keys = tuple(task.key for task in tasks)
        return tasks

    def add_result(self, outcome: Outcome) -> FrozenTrial | None:
        """Add the outcome of a training; return the final record after the last one."""
        self._outcomes[outcome.key] = outcome
        if len(self._outcomes) < len(self._keys):
            return None
        outcomes = [self._outcomes[key] for key in self._keys]
        records = [outcome.record for outcome in outcomes if outcome.record is not None]
        errors = [outcome.error for outcome in outcomes if outcome.error is not None]
        objective = self.configs.tune.objective
        scores = tuple(
            record.metrics[objective] for record in records if objective in record.metrics
        )
        if not errors and (len(scores) < len(outcomes) or not all(map(math.isfinite, scores))):
            errors = [f"The objective {objective} is not a finite number."]
        epochs = max((record.epochs_run for record in records), default=0)
        size = {
            "epochs": self.suggestion.initial_epoch + epochs,
            "params": records[0].params if records else None,
        }
        if errors:
            return self._update(status=TrialStatus.FAILED, error=errors[0], **size)
        score = statistics.fmean(scores)
        return self._update(status=TrialStatus.COMPLETE, scores=scores, score=score, **size)

    def as_failed(self, error: NnlabError) -> FrozenTrial:
        """Return the final record of a trial that failed before its trainings."""
        return self._update(status=TrialStatus.FAILED, error=str(error))

    def as_interrupted(self) -> FrozenTrial:
        """Return the record of a trial that is running when the search ends."""
        return self._update(status=TrialStatus.INTERRUPTED)

    def _update(self, **changes: object) -> FrozenTrial:
        seconds = time.monotonic() - self._started
        return dataclasses.replace(self.record, seconds=seconds, **changes)  # type: ignore[arg-type]


def run_folders(folder: Path, trainings: int) -> list[Path]:
    """Return the run folders of a trial."""
    if trainings == 1:
        return [folder]
    return [folder / str(number) for number in range(1, trainings + 1)]


def _remove_previous_files(folder: Path) -> None:
    """Remove the files of an interrupted trial, except its record."""
    for path in folder.iterdir():
        if path.name == "trial.json":
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
